#include <catch2/catch.hpp>
#include <set>

#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

const loop::Moment monday = loop::parse_moment("2026-03-02T09:00:00+08:00").value();

json test_with(int n, loop::Moment at, const json& equipment, const char* station = "I610404-01") {
    auto r = a_test(n, loop::format_moment(at), {{"equipment", equipment}});
    r["station_id"] = station;
    r["vehicle"].merge_patch(a_vehicle(n));
    return r;
}

json calibration(int n, loop::Moment at, bool passed, double measured = 3.52, const char* id = "AN-0001") {
    return {{"schema", "imloop/calibration/1"},
            {"record_id", id_of(n)},
            {"station_id", "I610404-01"},
            {"occurred_at", loop::format_moment(at)},
            {"equipment_id", id},
            {"kind", "span"},
            {"nominal", 3.5},
            {"measured", measured},
            {"unit", "%"},
            {"passed", passed}};
}

std::multiset<std::string> claims(SuspectWorld& world) {
    std::multiset<std::string> out;
    for (const auto& flag : world.flags("R11")) out.insert(flag.claim);
    return out;
}

}  // namespace

TEST_CASE("a station that is suspended may not test; on the first day it may not know") {
    SuspectWorld world;
    world.put(a_registration("I610404-01", {{"status", "suspended"}, {"valid_from", "2026-03-02"}}), "H610400-01");
    world.put(a_registration("I610404-01", {{"status", "filed"}, {"valid_from", "2026-03-10"}}), "H610400-01");
    world.put(a_test(1, "2026-03-01T10:00:00+08:00"));
    world.put(a_test(2, "2026-03-02T10:00:00+08:00"));
    world.put(a_test(3, "2026-03-03T10:00:00+08:00"));
    world.put(a_test(4, "2026-03-10T10:00:00+08:00"));
    const auto flags = world.flags("R11");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "station_not_filed");
    CHECK(flags[0].records == std::vector{id_of(3)});
}

TEST_CASE("an authority's suspension holds until its day, both ends known") {
    SuspectWorld world;
    world.put({{"schema", "imloop/supervision/1"},
               {"record_id", id_of(90)},
               {"station_id", "H610400-01"},
               {"occurred_at", "2026-03-02T10:00:00+08:00"},
               {"authority", "渭城分局"},
               {"checked_station_id", "I610404-01"},
               {"kind", "double_random"},
               {"measure", "suspension"},
               {"until", "2026-03-05"}},
              "H610400-01");
    for (int day = 2; day <= 6; ++day) world.put(a_test(day, fmt::format("2026-03-{:02}T15:00:00+08:00", day)));
    CHECK(claims(world) == std::multiset<std::string>{"while_suspended", "while_suspended", "while_suspended"});
}

TEST_CASE("a calibration a year and two weeks old still counts, a day more is expired") {
    SuspectWorld world;
    const auto at = [](int days) { return json{{"calibrated_at", loop::format_moment(monday - days * loop::day_ms)}}; };
    world.put(test_with(1, monday + 180'000, at(380)));
    CHECK(claims(world).empty());
    world.put(test_with(2, monday + 180'000, at(381)));
    CHECK(claims(world) == std::multiset<std::string>{"calibration_expired"});
}

TEST_CASE("tests between a calibration that failed on a second day and the passed one after it are flagged") {
    SuspectWorld world;
    const json analyser{{"analyser_id", "AN-0001"}};
    world.put(calibration(79, monday - 3 * loop::day_ms, false));
    world.put(test_with(3, monday - 2 * loop::day_ms, analyser));
    world.put(calibration(80, monday, false));
    world.put(test_with(1, monday + 1'800'000, analyser));
    world.put(calibration(81, monday + 3'600'000, true));
    world.put(test_with(2, monday + 7'200'000, analyser));
    const auto flags = world.flags("R11");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "after_failed_calibration");
    CHECK(flags[0].records == std::vector{id_of(1), id_of(80)});
}

TEST_CASE("daily calibrations that stop are a lapse after ten days") {
    SuspectWorld world;
    const json analyser{{"analyser_id", "AN-0001"}};
    for (int day = 0; day < 12; ++day) world.put(calibration(100 + day, monday + day * loop::day_ms, true));
    world.put(test_with(1, monday + 21 * loop::day_ms, analyser));
    CHECK(claims(world).empty());
    world.put(test_with(2, monday + 22 * loop::day_ms, analyser));
    CHECK(claims(world) == std::multiset<std::string>{"calibration_lapsed"});
}

TEST_CASE("sixty calibrations without any deviation are the station's, fifty-nine or one digit are not") {
    SuspectWorld exact, short_of_it, real;
    for (int n = 0; n < 60; ++n) {
        const auto at = monday + n * loop::day_ms;
        exact.put(calibration(100 + n, at, true, 3.5));
        if (n < 59) short_of_it.put(calibration(100 + n, at, true, 3.5));
        real.put(calibration(100 + n, at, true, n == 30 ? 3.49 : 3.5));
    }
    const auto flags = exact.flags("R11");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "never_deviates");
    CHECK(flags[0].station_id == "I610404-01");
    CHECK(flags[0].records.empty());
    CHECK(short_of_it.flags("R11").empty());
    CHECK(real.flags("R11").empty());
}

TEST_CASE("an analyser seen once among a station's own is a stranger, a mistyped or a new one is not") {
    SuspectWorld world;
    for (int n = 0; n < 260; ++n) {
        std::string id = n % 2 ? "AN-0001" : "AN-0002";
        if (n == 100) id = "XX-7788";
        if (n == 120) id = "AN-0003";
        if (n == 259) id = "ZZ-9911";
        world.put(test_with(1000 + n, monday + n * 3'600'000LL, {{"analyser_id", id}}));
    }
    const auto flags = world.flags("R11");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "analyser_unknown");
    CHECK(flags[0].records == std::vector{id_of(1100)});
}

TEST_CASE("an analyser of one station in use at another on the same day is flagged there") {
    SuspectWorld world;
    const json analyser{{"analyser_id", "AN-0001"}};
    for (int n = 0; n < 40; ++n) world.put(test_with(100 + n, monday + n * 1'200'000LL, analyser));
    world.put(test_with(1, monday + 10 * loop::day_ms, analyser, "I610404-02"));  // lent on another day
    CHECK(claims(world).empty());
    world.put(test_with(2, monday + 7'200'000, analyser, "I610404-02"));
    const auto flags = world.flags("R11");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "analyser_at_two_stations");
    CHECK(flags[0].station_id == "I610404-02");
}

TEST_CASE("an analyser that comes and goes beside the line's own and was never calibrated there is not of this line") {
    const auto flags_of = [](const std::set<int>& other, bool calibrated_too) {
        SuspectWorld world;
        for (int n = 0; n < 6; ++n) {
            world.put(calibration(100 + n, monday + n * loop::day_ms - 3'600'000, true));
            if (calibrated_too)
                world.put(calibration(200 + n, monday + n * loop::day_ms - 1'800'000, true, 3.52, "GX-7788"));
        }
        for (int n = 0; n < 60; ++n)
            world.put(test_with(1000 + n, monday + n * 3'600'000LL,
                                {{"analyser_id", other.contains(n) ? "GX-7788" : "AN-0001"}}));
        return world.flags("R11");
    };
    const auto flags = flags_of({5, 6, 20, 30, 41}, false);
    REQUIRE(flags.size() == 5);
    CHECK(flags[0].claim == "analyser_not_of_this_line");
    CHECK(flags_of({5, 20, 30, 31}, false).empty());  // came back twice
    CHECK(flags_of({5, 20, 30, 41}, true).empty());   // a second one of its own
    // From one day on it is the line's new one.
    CHECK(flags_of({50, 51, 52, 53, 54, 55, 56, 57, 58, 59}, false).empty());
}

TEST_CASE("software that returns for single vehicles is flagged, an update taken back is not") {
    const auto world_of = [](const std::set<int>& second) {
        SuspectWorld world;
        for (int n = 0; n < 100; ++n)
            world.put(test_with(1000 + n, monday + n * 3'600'000LL,
                                {{"software_version", second.contains(n) ? "3.2.1x" : "3.2.1"}}));
        return world.flags("R11").size();
    };
    CHECK(world_of({10, 30, 50, 70}) == 4);
    CHECK(world_of({10, 30, 50}) == 0);
    CHECK(world_of({96, 97, 98, 99}) == 0);
    CHECK(world_of({10, 11, 12, 30, 31, 50, 51, 70, 71}) == 0);  // for some time each
}

TEST_CASE("software at single vehicles counts over a station's lines, a line's own is not in question") {
    const auto world_of = [](int every_of_three) {
        SuspectWorld world;
        for (int n = 0; n < 120; ++n) {
            const int line = n % 4;
            const bool odd = line < 2 && n / 4 % every_of_three == 1;
            auto test = test_with(1000 + n, monday + n * 3'600'000LL,
                                  {{"software_version", line == 3 || odd ? "3.2.1x" : "3.2.1"}});
            test["line_id"] = std::to_string(line);
            world.put(test);
        }
        return world.flags("R11").size();
    };
    CHECK(world_of(15) == 4);  // two on each of two lines
    CHECK(world_of(3) == 0);   // a third of all: a second computer
}

namespace {

json names(int n, loop::Moment at, loop::Moment calibrated_at) {
    return test_with(n, at, {{"analyser_id", "AN-0001"}, {"calibrated_at", loop::format_moment(calibrated_at)}});
}

/// Calibrated every week and named all week for so many weeks, then named by the morning of each test for so many days.
void weeks_then_mornings(SuspectWorld& world, int weeks, int mornings) {
    for (int week = 0; week < weeks; ++week) {
        const auto calibrated = monday + week * 7 * loop::day_ms;
        world.put(calibration(2000 + week, calibrated, true));
        for (int day = 0; day < 6; ++day)
            world.put(names(week * 10 + day, calibrated + day * loop::day_ms + 3'600'000, calibrated));
    }
    for (int day = 0; day < mornings; ++day) {
        const auto morning = monday + (weeks * 7 + 2 + day) * loop::day_ms;
        world.put(names(1000 + day, morning + 3'600'000, morning));
    }
}

}  // namespace

TEST_CASE("calibrations that stand in tests alone are flagged once three days on end name them") {
    SuspectWorld two, three;
    weeks_then_mornings(two, 2, 2);
    CHECK(claims(two).empty());
    weeks_then_mornings(three, 2, 3);
    const auto flags = three.flags("R11");
    REQUIRE(flags.size() == 3);
    CHECK(flags[0].claim == "calibration_not_on_record");
    CHECK(flags[0].values[2].text == "3");
    // The records come after all: the flags clear.
    for (int day = 0; day < 3; ++day) three.put(calibration(3000 + day, monday + (16 + day) * loop::day_ms, true));
    CHECK(claims(three).empty());
}

TEST_CASE("a program that names each morning's check of itself says nothing of calibrations") {
    SuspectWorld world;
    for (int day = 0; day < 60; ++day) {
        const auto morning = monday + day * loop::day_ms;
        if (day % 30 == 0) world.put(calibration(2000 + day, morning, true));
        world.put(names(day, morning + 3'600'000, morning));
    }
    CHECK(claims(world).empty());
}

TEST_CASE("a station without any calibration on record, and one that does not name them, are quiet") {
    SuspectWorld none, unnamed;
    for (int day = 0; day < 30; ++day) {
        none.put(names(day, monday + day * loop::day_ms, monday + day * loop::day_ms - 3'600'000));
        unnamed.put(test_with(day, monday + day * loop::day_ms, {{"analyser_id", "AN-0001"}}));
    }
    unnamed.put(calibration(2000, monday, true));
    CHECK(claims(none).empty());
    CHECK(claims(unnamed).empty());
}

TEST_CASE(
    "a gas check that is named and on record holds a hundred days, or three usual intervals; a yearly verification is "
    "none") {
    SuspectWorld world, verified;
    world.put(calibration(2000, monday, true));
    world.put(names(1, monday + 100 * loop::day_ms, monday));
    CHECK(claims(world).empty());
    world.put(names(2, monday + 101 * loop::day_ms, monday));
    const auto flags = world.flags("R11");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "gas_check_expired");
    CHECK(flags[0].records == std::vector{id_of(2), id_of(2000)});
    SuspectWorld weekly;
    for (int week = 0; week < 5; ++week) weekly.put(calibration(2000 + week, monday + week * 7 * loop::day_ms, true));
    const auto last = monday + 28 * loop::day_ms;
    weekly.put(names(1, last + 35 * loop::day_ms, last));
    CHECK(claims(weekly).empty());
    weekly.put(names(2, last + 36 * loop::day_ms, last));
    CHECK(claims(weekly) == std::multiset<std::string>{"gas_check_expired"});
    weekly.put(calibration(2010, last + 25 * loop::day_ms, true));  // then what the tests name is something else
    CHECK(claims(weekly).empty());
    auto yearly = calibration(2000, monday, true);
    yearly["kind"] = "leak";
    verified.put(yearly);
    verified.put(names(1, monday + 191 * loop::day_ms, monday));
    CHECK(claims(verified).empty());
}
