#include <catch2/catch.hpp>

#include "loop/rules/inspection/opening_hours.hpp"
#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;
using loop::rules::opening_hours;

namespace {

constexpr loop::Moment minute = 60'000, hour = 60 * minute;
const loop::Moment monday = loop::parse_moment("2026-03-02T00:00:00+08:00").value();

json test_at(int n, loop::Moment at) {
    auto r = a_test(n, loop::format_moment(at));
    r["vehicle"].merge_patch(a_vehicle(n));
    return r;
}

/// A working day of 24 tests, one every 20 minutes from 8:20.
void a_day(SuspectWorld& world, int first, loop::Moment day, loop::Moment clock = 0, loop::Moment delay = minute) {
    for (int i = 0; i < 24; ++i) {
        const auto true_at = day + 8 * hour + (i + 1) * 20 * minute;
        world.put(test_at(first + i, true_at + clock), "", true_at + delay);
    }
}

}  // namespace

TEST_CASE("days in their order, days sent late, a clock that is wrong all day are quiet") {
    SuspectWorld world;
    a_day(world, 100, monday);
    a_day(world, 200, monday + loop::day_ms, 0, 50 * hour);
    a_day(world, 300, monday + 2 * loop::day_ms, 3 * hour);
    CHECK(world.flags("R09").empty());
}

TEST_CASE("a test written days later than it says is back-dated") {
    SuspectWorld world;
    a_day(world, 100, monday);
    a_day(world, 200, monday + loop::day_ms);
    world.put(test_at(1, monday + 10 * hour + 7 * minute), "", monday + loop::day_ms + 18 * hour);
    const auto flags = world.flags("R09");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "written_after_later_ones");
    CHECK(flags[0].records == std::vector{id_of(1)});
}

TEST_CASE("a test written in the evening as of the morning is back-dated, one a little late is not") {
    SuspectWorld world;
    a_day(world, 100, monday);
    world.put(test_at(1, monday + 16 * hour), "", monday + 17 * hour);
    CHECK(world.flags("R09").empty());
    world.put(test_at(2, monday + 9 * hour + 7 * minute), "", monday + 17 * hour);
    CHECK(world.flags("R09").size() == 1);
}

TEST_CASE("a backlog typed in together is no back-dating, nor is what was rejected in its place") {
    SuspectWorld backlog, mended;
    a_day(backlog, 100, monday);
    a_day(backlog, 200, monday + loop::day_ms);
    for (int i = 0; i < 4; ++i)
        backlog.put(test_at(1 + i, monday + (10 + i) * hour + 7 * minute), "", monday + loop::day_ms + 18 * hour);
    CHECK(backlog.flags("R09").empty());

    for (int i = 0; i < 24; ++i) {
        if (i == 6) mended.lose_line("I610404-01");
        mended.put(test_at(100 + i, monday + 8 * hour + (i + 1) * 20 * minute));
    }
    a_day(mended, 200, monday + loop::day_ms);
    mended.put(test_at(1, monday + 10 * hour + 10 * minute), "", monday + loop::day_ms + 18 * hour);
    CHECK(mended.flags("R09").empty());
}

TEST_CASE("where days have few tests, one written days later stands out among its neighbours") {
    const auto world_with = [](auto put) {
        SuspectWorld world;
        for (int i = 0; i < 20; ++i) {
            world.put(test_at(100 + i, monday + i * loop::day_ms + 10 * hour));
            put(world, i);
        }
        return world.flags("R09");
    };
    const auto late = [](int n, int day, int written_on) {
        return [=](SuspectWorld& world, int i) {
            if (i == written_on)
                world.put(test_at(n, monday + day * loop::day_ms + 11 * hour), "",
                          monday + i * loop::day_ms + 12 * hour);
        };
    };
    const auto flags = world_with(late(1, 8, 12));
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "written_after_later_ones");
    CHECK(flags[0].records == std::vector{id_of(1)});
    CHECK(flags[0].values[1] == loop::rules::Value{"lines_between", "4", ""});
    CHECK(world_with(late(1, 11, 12)).empty());  // 23 hours before the line before it
    CHECK(world_with([&](SuspectWorld& world, int i) {
              if (i == 8) world.lose_line("I610404-01");
              late(1, 8, 12)(world, i);
          }).empty());

    // A station that was offline sends what it wrote in its order.
    SuspectWorld offline;
    for (int i = 0; i < 20; ++i)
        offline.put(test_at(100 + i, monday + i * loop::day_ms + 10 * hour), "",
                    monday + (i < 8 ? i : std::max(i, 14)) * loop::day_ms + 18 * hour);
    CHECK(offline.flags("R09").empty());
}

TEST_CASE("of many lines in a row those in the order of time are a backlog, those to and fro are not") {
    const auto flagged = [](std::vector<int> days) {
        SuspectWorld world;
        for (int i = 0; i < 13; ++i) world.put(test_at(100 + i, monday + i * loop::day_ms + 10 * hour));
        int n = 0;
        for (const int day : days) {
            ++n;
            world.put(test_at(n, monday + day * loop::day_ms + 11 * hour + n * minute), "", monday + 13 * loop::day_ms);
        }
        return world.flags("R09").size();
    };
    CHECK(flagged({6, 7, 8, 9}) == 0);
    CHECK(flagged({6, 6, 6, 6}) == 0);
    CHECK(flagged({8, 6, 9, 7}) == 4);
}

TEST_CASE("one test ahead of the hub's clock is flagged, a day of them is a clock") {
    SuspectWorld world;
    a_day(world, 100, monday);
    world.put(test_at(1, monday + 17 * hour), "", monday + 16 * hour + 40 * minute);
    const auto flags = world.flags("R09");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "in_the_future");
}

TEST_CASE("opening hours are read where they name two times") {
    CHECK(opening_hours("8:00-17:30")->opens == 480);
    CHECK(opening_hours("周一至周六 08:30—12:00、14:00—18:00")->closes == 1080);
    CHECK_FALSE(opening_hours("工作日"));
    CHECK_FALSE(opening_hours("8:00 起"));
    CHECK_FALSE(opening_hours("25:00-26:00"));
}

TEST_CASE("a test at night is flagged where the hub's clock or the rest of the day bears it out") {
    SuspectWorld world;
    world.put(a_registration("I610404-01", {{"opening_hours", "08:00-18:00"}, {"valid_from", "2021-01-01"}}),
              "H610400-01");
    world.put(test_at(1, monday + 19 * hour + 29 * minute));
    CHECK(world.flags("R09").empty());
    world.put(test_at(2, monday + 23 * hour));
    world.put(test_at(3, monday + loop::day_ms + 23 * hour), "", monday + 3 * loop::day_ms);  // the clock may be wrong
    const auto flags = world.flags("R09");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "outside_opening_hours");
    CHECK(flags[0].records == std::vector{id_of(2)});
}
