#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

constexpr auto failed_at = "2026-03-02T10:00:00+08:00";
const json retest{{"reason", "retest"}};

/// A retest that starts so many minutes after the failure ends, with its CO at idle.
json passed_after(int minutes, double co, const json& more = retest) {
    const auto end = loop::parse_moment(failed_at).value() + (minutes + 3) * 60'000;
    json r = a_test(2, loop::format_moment(end), more);
    r["readings"][0]["value"] = co;
    r["readings"][1]["value"] = 31;
    return r;
}

std::vector<loop::rules::Flag> flags_of(const std::vector<json>& records) {
    SuspectWorld world;
    for (const auto& r : records) world.put(r);
    return world.flags("V04");
}

/// ASM with six readings, the first of which fails.
json asm_test(int n, const char* at, bool fails, std::vector<double> values) {
    const char* items[] = {"co", "hc", "no"};
    const char* units[] = {"%", "ppm", "ppm"};
    const double limits[] = {0.5, 90, 700, 0.4, 80, 650};
    json readings = json::array();
    for (std::size_t i = 0; i < values.size(); ++i)
        readings.push_back({{"item", items[i % 3]},
                            {"phase", i < 3 ? "5025" : "2540"},
                            {"unit", units[i % 3]},
                            {"value", values[i]},
                            {"limit", limits[i]},
                            {"passed", values[i] <= limits[i]}});
    json r = a_test(n, at, {{"method", "asm"}, {"readings", readings}, {"reason", n == 1 ? "periodic" : "retest"}});
    if (fails) {
        r["verdict"] = "fail";
        r["failed_items"] = {"co/5025"};
    }
    return r;
}

}  // namespace

TEST_CASE("a pass within minutes is flagged, the more so where the reading fell far") {
    const auto soon = flags_of({a_failed_test(1, failed_at), passed_after(29, 0.55)});
    REQUIRE(soon.size() == 1);
    CHECK(soon[0].grade == loop::rules::Grade::medium);
    CHECK(soon[0].records == std::vector{id_of(2), id_of(1)});
    CHECK(flags_of({a_failed_test(1, failed_at), passed_after(29, 0.12)}).at(0).grade == loop::rules::Grade::strong);
    CHECK(flags_of({a_failed_test(1, failed_at), passed_after(30, 0.55)}).empty());
}

TEST_CASE("hours are too short to mend what was far above the limit, a day is not") {
    CHECK(flags_of({a_failed_test(1, failed_at), passed_after(179, 0.12)}).size() == 1);
    CHECK(flags_of({a_failed_test(1, failed_at), passed_after(180, 0.12)}).empty());
}

TEST_CASE("a repair explains it, what failed by a hair may pass by one, a comparison is no retest") {
    CHECK(flags_of({a_failed_test(1, failed_at), a_repair(3, "2026-03-02T10:15:00+08:00"), passed_after(20, 0.12)})
              .empty());
    auto day_only = a_repair(3, "2026-03-02T00:00:00+08:00", {{"received_at", "2026-03-02T00:00:00+08:00"}});
    day_only["time_precision"] = "day";
    CHECK(flags_of({a_failed_test(1, failed_at), day_only, passed_after(20, 0.12)}).empty());
    auto by_a_hair = a_failed_test(1, failed_at);
    by_a_hair["readings"][0]["value"] = 0.66;
    CHECK(flags_of({by_a_hair, passed_after(10, 0.58)}).empty());
    CHECK(flags_of({a_failed_test(1, failed_at), passed_after(10, 0.12, {{"reason", "comparison"}})}).empty());
}

TEST_CASE("a failure of the visual check may be mended in minutes") {
    auto visual = a_test(1, failed_at, {{"verdict", "fail"}, {"failed_items", {"appearance"}}});
    CHECK(flags_of({visual, passed_after(10, 0.12)}).empty());
}

TEST_CASE("a lamp that goes out within minutes with monitors complete was not mended") {
    const auto lamp = [](json record, bool on, bool complete) {
        record["obd"] = {{"mil_on", on}, {"dtcs", {"P0171"}}, {"readiness", {{"catalyst", complete}}}};
        return record;
    };
    auto failed = lamp(a_test(1, failed_at, {{"verdict", "fail"}, {"failed_items", {"obd"}}}), true, true);
    const auto flags = flags_of({failed, lamp(passed_after(12, 0.12), false, true)});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "lamp_out_within_minutes");
    CHECK(flags_of({failed, lamp(passed_after(12, 0.12), false, false)}).empty());
    CHECK(flags_of({failed, lamp(passed_after(30, 0.12), false, true)}).empty());
    auto silent = failed;
    silent["obd"] = {{"communicates", false}};
    CHECK(flags_of({silent, lamp(passed_after(12, 0.12), false, true)}).empty());
}

TEST_CASE("five readings the same to the last digit and one that passed are one test edited") {
    const std::vector<double> failed{1.31, 46, 325, 0.22, 41, 310}, edited{0.31, 46, 325, 0.22, 41, 310},
        real{0.31, 44, 325, 0.22, 41, 310}, clean{0.31, 3, 8, 0, 2, 5}, clean_failed{1.31, 3, 8, 0, 2, 5};
    constexpr auto later = "2026-03-05T10:00:00+08:00";
    const auto flags = flags_of({asm_test(1, failed_at, true, failed), a_repair(3, "2026-03-04T10:00:00+08:00"),
                                 asm_test(2, later, false, edited)});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "one_channel_changed_alone");
    CHECK(flags_of({asm_test(1, failed_at, true, failed), asm_test(2, later, false, real)}).empty());
    CHECK(flags_of({asm_test(1, failed_at, true, clean_failed), asm_test(2, later, false, clean)}).empty());
}

TEST_CASE("power at the wheels does not come back in minutes") {
    const auto with_power = [](int n, const std::string& at, double kw) {
        json r = a_test(n, at, {{"method", "lugdown"}, {"reason", n == 1 ? "periodic" : "retest"}});
        r["readings"] = {
            {{"item", "power"}, {"phase", "max"}, {"unit", "kW"}, {"value", kw}, {"limit", 80}, {"passed", kw >= 80}}};
        if (kw < 80) r["verdict"] = "fail", r["failed_items"] = {"power/max"};
        return r;
    };
    const auto flagged = [&](double before, double after, const char* at) {
        return flags_of({with_power(1, failed_at, before), with_power(2, at, after)}).size();
    };
    CHECK(flagged(60, 95, "2026-03-02T10:20:00+08:00") == 1);
    CHECK(flagged(75, 82, "2026-03-02T10:20:00+08:00") == 0);  // by a hair
    CHECK(flagged(60, 95, "2026-03-02T11:00:00+08:00") == 0);
}
