#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

constexpr auto failed_at = "2026-03-02T10:00:00+08:00";

json passed(const char* at, const char* reason, const char* station = "I610404-02") {
    auto r = a_test(9, at, {{"reason", reason}});
    r["station_id"] = station;
    return r;
}

std::vector<loop::rules::Flag> flags_of(const std::vector<json>& records) {
    SuspectWorld world;
    for (const auto& r : records) world.put(r);
    return world.flags("V05");
}

}  // namespace

TEST_CASE("failed here and passed there as a new test, unrepaired, is shopping") {
    const auto flags = flags_of({a_failed_test(1, failed_at), passed("2026-03-09T10:00:00+08:00", "periodic")});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "tested_as_if_new_elsewhere");
    CHECK(flags[0].station_id == "I610404-02");
    CHECK(flags[0].other_station_id == "I610404-01");
    CHECK(flags_of({a_failed_test(1, failed_at), passed("2026-03-09T10:04:00+08:00", "periodic")}).empty());
}

TEST_CASE("a declared retest elsewhere is flagged within hours alone") {
    CHECK(flags_of({a_failed_test(1, failed_at), passed("2026-03-02T16:03:00+08:00", "retest")}).size() == 1);
    CHECK(flags_of({a_failed_test(1, failed_at), passed("2026-03-02T16:04:00+08:00", "retest")}).empty());
}

TEST_CASE("the third failure in a row at one station and a pass elsewhere is flagged") {
    std::vector<json> records{a_failed_test(1, failed_at), a_failed_test(2, "2026-03-03T10:00:00+08:00"),
                              passed("2026-03-08T10:00:00+08:00", "retest")};
    CHECK(flags_of(records).empty());
    records.push_back(a_failed_test(3, "2026-03-04T10:00:00+08:00"));
    const auto flags = flags_of(records);
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "passed_after_failures_elsewhere");
}

TEST_CASE("the same station, a repair between, a narrow failure and a small drop are quiet") {
    constexpr auto later = "2026-03-04T10:00:00+08:00";
    CHECK(flags_of({a_failed_test(1, failed_at), passed(later, "periodic", "I610404-01")}).empty());
    CHECK(flags_of({a_failed_test(1, failed_at), a_repair(2, "2026-03-03T10:00:00+08:00"), passed(later, "periodic")})
              .empty());
    auto narrow = a_failed_test(1, failed_at);
    narrow["readings"][0]["value"] = 0.77;
    CHECK(flags_of({narrow, passed(later, "periodic")}).empty());
    auto little = passed(later, "periodic");
    little["readings"][0]["value"] = 0.6;
    auto worse = a_failed_test(1, failed_at);
    worse["readings"][0]["value"] = 1.1;
    CHECK(flags_of({worse, little}).empty());
}

TEST_CASE("by another method the pass says that the limit was kept: what failed at less than twice it is quiet") {
    constexpr auto later = "2026-03-04T10:00:00+08:00";
    auto by_asm = passed(later, "periodic");
    by_asm["method"] = "asm";
    by_asm["readings"] = {{{"item", "co"}, {"phase", "5025"}, {"value", 0.1}, {"unit", "%"}, {"limit", 0.5}},
                          {{"item", "hc"}, {"phase", "5025"}, {"value", 20}, {"unit", "ppm"}, {"limit", 90}},
                          {{"item", "no"}, {"phase", "5025"}, {"value", 90}, {"unit", "ppm"}, {"limit", 700}}};
    auto failed = a_failed_test(1, failed_at);
    failed["readings"][0]["value"] = 1.2;
    CHECK(flags_of({failed, by_asm}).size() == 1);
    failed["readings"][0]["value"] = 1.19;
    CHECK(flags_of({failed, by_asm}).empty());
}

TEST_CASE("a lamp that failed the car and is out elsewhere, unrepaired, is shopping; one still lit is not") {
    const json lit{{"communicates", true}, {"mil_on", true}, {"dtcs", {"P0420"}}};
    auto failed = a_test(1, failed_at, {{"obd", lit}, {"verdict", "fail"}, {"failed_items", {"obd"}}});
    auto next = passed("2026-03-04T10:00:00+08:00", "periodic");
    next["obd"] = lit;
    CHECK(flags_of({failed, next}).empty());
    next["obd"] = {{"communicates", true}, {"mil_on", false}, {"dtcs", json::array()}};
    const auto flags = flags_of({failed, next});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "tested_as_if_new_elsewhere");
    CHECK(flags[0].values[3].text == "obd");
    CHECK(flags[0].values[4].text == "P0420");
    next["obd"] = {{"communicates", false}};
    CHECK(flags_of({failed, next}).empty());
}
