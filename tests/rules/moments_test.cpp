// Rules stand any moment: old journals hold lines of a clock that was never set.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "loop/block.hpp"
#include "loop/stations/journeys.hpp"
#include "tests/support/station_figures.hpp"
#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

constexpr loop::Moment hour = 3'600'000;

json test_at(int n, loop::Moment at) {
    json r = a_test(n, "2026-03-02T10:00:00+08:00");
    r["vehicle"].merge_patch(a_vehicle(n));
    r["started_at"] = loop::format_moment(at - 180'000);
    r["ended_at"] = r["occurred_at"] = loop::format_moment(at);
    return r;
}

/// 24 tests of a day and one of its morning written after them, seen from a hub whose clock is right or was as wrong.
std::vector<loop::rules::Flag> back_dated(const std::string& day, bool hub_is_of_today) {
    SuspectWorld world;
    const auto start = loop::start_of(loop::parse_day(day).value());
    const auto put = [&](int n, loop::Moment at, loop::Moment written) {
        static std::uint64_t seq = 0;
        const auto received =
            hub_is_of_today ? loop::parse_moment("2026-05-11T10:00:00+08:00").value() : written + 60'000;
        world.put_old(test_at(n, at), {"I610404-01", "epoch", ++seq, received, {}});
    };
    for (int i = 0; i < 24; ++i) put(100 + i, start + 8 * hour + i * hour / 3, start + 8 * hour + i * hour / 3);
    put(1, start + 7 * hour, start + 17 * hour);
    return world.flags("R09");
}

}  // namespace

TEST_CASE("one test of 1899 is a test as any other") {
    SuspectWorld world;
    world.put_old(test_at(1, loop::parse_moment("1899-12-31T00:00:00+08:00").value()),
                  {"I610404-01", "epoch", 1, loop::parse_moment("2026-05-11T10:00:00+08:00").value(), {}});
    CHECK(world.flags("R09").empty());
    CHECK(world.suspects.failed().empty());
}

TEST_CASE("back-dating is back-dating on any day") {
    const auto day = GENERATE("1899-12-31", "1969-12-31", "1970-01-01", "1970-01-02", "2026-03-02", "2099-12-31");
    const auto flags = back_dated(day, false);
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].records == std::vector{id_of(1)});
    CHECK(loop::format_day(flags[0].day) == day);
    CHECK(back_dated(day, true).size() <= 1);
}

TEST_CASE("no moment ends a rule, and none is taken for no moment") {
    rc::check([](const std::vector<std::uint16_t>& years, const std::vector<std::uint32_t>& seconds) {
        SuspectWorld world;
        std::uint64_t seq = 0;
        for (std::size_t i = 0; i < std::min(years.size(), seconds.size()); ++i) {
            const auto day = loop::parse_day(fmt::format("{:04}-03-01", years[i] % 10'000)).value();
            const auto at = loop::start_of(day) + seconds[i] % 86'400 * 1000;
            auto r = test_at(static_cast<int>(i % 7) + 1, at);
            r["record_id"] = id_of(static_cast<int>(i) + 100);
            const loop::Moment received = loop::start_of(loop::Day{years[(i + 1) % years.size()]} - 30'000);
            world.put_old(r, {"I610404-01", "epoch", ++seq, received, {}});
            json repair = a_repair(static_cast<int>(i) + 5000, "2026-03-05T10:00:00+08:00");
            repair["vehicle"] = r["vehicle"];
            repair["received_at"] = loop::format_moment(at - 600'000);
            repair["settled_at"] = repair["occurred_at"] = loop::format_moment(at);
            world.put_old(repair, {"M610404-03", "epoch", seq, received, {}});
        }
        for (const auto* day : {"1900-01-01", "1970-01-01", "2026-12-31"}) world.sweep(day);
        RC_ASSERT(world.suspects.failed().empty());
    });
}

TEST_CASE("blocks of days are of one length before 1970 too") {
    STATIC_REQUIRE(loop::block_of(-1, 30) == -1);
    STATIC_REQUIRE(loop::block_of(-30, 30) == -1);
    STATIC_REQUIRE(loop::block_of(-31, 30) == -2);
    STATIC_REQUIRE(loop::block_of(0, 30) == 0);
    STATIC_REQUIRE(loop::block_of(29, 30) == 0);
    STATIC_REQUIRE(loop::block_of(30, 30) == 1);
}

TEST_CASE("a repair of before 1970 is one that was before the retest") {
    auto fail = made({1, -400, loop::Verdict::fail}), repair = made({1, -395}),
         retest = made({1, -390, loop::Verdict::pass, 0.3, loop::Reason::retest});
    repair.fact.station_id = "M610404-03";
    loop::Episode e;
    e.retests = {retest.fact.record_id};
    e.counting_repairs = {repair.fact.record_id};
    const auto journey = loop::stations::journey_of({"v", {fail, repair, retest}, {e}});
    REQUIRE(journey.retests.size() == 1);
    CHECK(journey.retests[0].shop_id == "M610404-03");
}
