#include <catch2/catch.hpp>

#include "tests/support/readings.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

const std::string at = "2026-03-02T10:00:00+08:00";

json with(std::size_t i, const json& change, const json& more = json::object()) {
    json r = a_test(1, at, more);
    r["readings"][i].merge_patch(change);
    return r;
}
json lugdown(double power, double rated) {
    json r = a_test(1, at, {{"method", "lugdown"}, {"vehicle", {{"fuel", "diesel"}, {"rated_power_kw", rated}}}});
    r["readings"] = {reading("opacity", "k100", 0.5, "1/m"), reading("opacity", "k80", 0.4, "1/m"),
                     reading("power", "max", power, "kW")};
    return r;
}

}  // namespace

TEST_CASE("R01 is quiet about a test that is right, a failed one and an aborted one") {
    CHECK(claims("R01", {a_test(1, at)}).empty());
    CHECK(claims("R01", {a_failed_test(1, at)}).empty());
    CHECK(claims("R01", {with(0, {{"value", 9}, {"limit", nullptr}, {"passed", nullptr}}, {{"verdict", "aborted"}})})
              .empty());
}

TEST_CASE("a value above the limit in force passes nowhere, one that is equal does") {
    const auto co = [](double value, const json& more = json::object()) {
        return with(0, {{"value", value}, {"limit", nullptr}}, more);
    };
    CHECK(claims("R01", {co(0.60)}).empty());
    CHECK(claims("R01", {co(0.61)}) == Claims{"over_limit_passed"});
    CHECK(claims("R01", {co(0.5, {{"limits_in_force", "GB18285-2018/b"}})}) == Claims{"over_limit_passed"});
    CHECK(claims("R01", {co(0.61, {{"vehicle", {{"class", "M21"}}}})}).empty());
    CHECK(claims("R01", {co(0.61, {{"vehicle", {{"class", "K33"}}}})}) == Claims{"over_limit_passed"});
}

TEST_CASE("limits are those of the day of the test") {
    json old = a_test(1, "2019-04-30T10:00:00+08:00");
    old["readings"][0].merge_patch({{"value", 3.0}, {"limit", 4.5}});
    CHECK(claims("R01", {old}).empty());
    json later = a_test(1, "2019-05-01T10:00:00+08:00");
    later["readings"][0].merge_patch({{"value", 3.0}, {"limit", 4.5}});
    CHECK(claims("R01", {later}) == Claims{"over_limit_passed"});
}

TEST_CASE("failing within even the strictest limit needs a look as well") {
    json r = a_failed_test(1, at);
    r["readings"][0].merge_patch({{"value", 0.4}, {"limit", nullptr}});
    CHECK(claims("R01", {r}) == Claims{"within_limits_failed"});
    r["readings"][0]["value"] = 0.41;
    CHECK(claims("R01", {r}).empty());
}

TEST_CASE("a pass needs the values it rests on") {
    json r = a_test(1, at);
    r["readings"].erase(3);
    CHECK(claims("R01", {r}) == Claims{"values_missing"});
    r["verdict"] = "aborted";
    CHECK(claims("R01", {r}).empty());
    json none = a_test(1, at, {{"method", "vmas"}});
    none["readings"] = json::array();
    SuspectWorld world;
    world.put(none);
    const auto flags = world.flags("R01");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].grade == loop::rules::Grade::strong);
    json sum = a_test(1, at, {{"method", "vmas"}});
    sum["readings"] = {reading("co", "cycle", 2, "g/km"), reading("hc_nox", "cycle", 0.9, "g/km")};
    CHECK(claims("R01", {sum}).empty());
}

TEST_CASE("a value in another unit is named with its factor") {
    json r = a_test(1, at);
    r["readings"].push_back(reading("co2", "idle", 1.48, "%"));
    CHECK(claims("R01", {r}).empty());
    r["readings"].back()["value"] = 148;
    SuspectWorld world;
    world.put(r);
    const auto flags = world.flags("R01");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "unit_slip");
    CHECK(flags[0].values.back().text == "10");
}

TEST_CASE("wheel power is held against the rated one") {
    CHECK(claims("R01", {lugdown(40, 100)}).empty());
    CHECK(claims("R01", {lugdown(39.2, 100)}).empty());  // a limit printed as 39 or 40
    CHECK(claims("R01", {lugdown(35, 100)}) == Claims{"under_power_passed"});
}

TEST_CASE("a line refused for contradicting itself speaks until it is mended") {
    json bad = a_test(1, at);
    bad["readings"][0]["value"] = 1.42;
    SuspectWorld world;
    const auto line = loop::admit(bad.dump(), "I610404-01", loop::parse_moment(at).value() + 60'000);
    REQUIRE_FALSE(line.problems.empty());
    REQUIRE(line.is_read);
    world.suspects.rejected(line.fact, {"I610404-01", "epoch", 1, 0, {"verdict_contradicts_readings"}});
    auto flags = world.flags("R01");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "refused_pass");
    world.put(a_failed_test(1, at));
    CHECK(world.flags("R01").empty());
}

TEST_CASE("a correction clears what R01 said") {
    json r = with(0, {{"value", 0.7}, {"limit", nullptr}});
    json mended = a_test(1, at);
    SuspectWorld world;
    world.put(r);
    CHECK(world.flags("R01").size() == 1);
    world.put({{"schema", "imloop/correction/1"},
               {"record_id", id_of(2)},
               {"station_id", "I610404-01"},
               {"occurred_at", "2026-03-03T10:00:00+08:00"},
               {"corrects", id_of(1)},
               {"action", "replace"},
               {"replacement", mended},
               {"reason", "读数录错"}});
    CHECK(world.flags("R01").empty());
}

TEST_CASE("no engine gives more at the wheels than it has") {
    CHECK(claims("R01", {lugdown(125, 100)}).empty());
    CHECK(claims("R01", {lugdown(126, 100)}) == Claims{"power_beyond_engine"});
    CHECK(claims("R01", {lugdown(452, 100)}) == Claims{"power_beyond_engine"});
}

TEST_CASE("the mean of a free acceleration is that of its three, rounded or cut off") {
    const auto smoke = [](double mean) {
        json r = a_smoke_test(1, at, 0.81, 0.84, 0.78);
        r["readings"].back()["value"] = mean;
        return r;
    };
    CHECK(claims("R01", {smoke(0.81)}).empty());
    CHECK(claims("R01", {smoke(0.8)}).empty());
    CHECK(claims("R01", {smoke(0.72)}).empty());
    CHECK(claims("R01", {smoke(0.08)}) == Claims{"not_the_mean"});
    json without = smoke(0.08);
    without["readings"].erase(2);
    CHECK(claims("R01", {without}).empty());
}

TEST_CASE("an ASM mode that was driven yields all its gases, one that was not yields none") {
    json r = a_test(1, at, {{"method", "asm"}});
    r["readings"] = {reading("co", "5025", 0.1, "%"), reading("hc", "5025", 20, "ppm"),
                     reading("no", "5025", 90, "ppm")};
    CHECK(claims("R01", {r}).empty());
    r["readings"].push_back(reading("co", "2540", 0.1, "%"));
    r["readings"].push_back(reading("hc", "2540", 20, "ppm"));
    CHECK(claims("R01", {r}) == Claims{"values_missing"});
    r["readings"].push_back(reading("no", "2540", 90, "ppm"));
    CHECK(claims("R01", {r}).empty());
}
