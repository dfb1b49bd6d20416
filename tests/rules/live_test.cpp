// Flags are the same live as rebuilt: whatever came when, in whatever batches, looked at in between or not.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/support/live_events.hpp"

using namespace imloop;
using namespace imloop::test;
using namespace imloop::test::live;

namespace {

/// All lines at once, in the order they came; what is known of process data stands beside them.
std::string rebuilt(const std::vector<Event>& events, const loop::rules::Traces& traces) {
    SuspectWorld anew;
    for (const auto& event : events)
        if (event.is_line) event.happen(anew);
    anew.suspects.traces().put_all_of(traces);
    anew.sweep();
    return anew.suspects.dump();
}

}  // namespace

TEST_CASE("whatever came when, flags live are those of a rebuild") {
    std::string first;
    rc::check([&] {
        const auto events = merged(journals());
        SuspectWorld live;
        for (const auto& event : events) {
            event.happen(live);
            if (*rc::gen::inRange(0, 3) > 0) live.settle();
            if (*rc::gen::inRange(0, 8) == 0) live.sweep();
        }
        live.sweep();
        const auto dump = live.suspects.dump();
        RC_ASSERT(dump == rebuilt(events, live.suspects.traces()));
        if (first.empty()) first = dump;
        RC_ASSERT(dump == first);
    });
    for (const auto* flag : {"flag R09-", "flag R11-", "flag R14-", "flag V02-", "flag R01-"})
        CHECK(first.find(flag) != std::string::npos);
}

TEST_CASE("a back-dated test that a bridge brings again is flagged as before; voided, nothing is left of it") {
    SuspectWorld world;
    for (int i = 0; i < 24; ++i) world.put(test_at(100 + i, monday + 8 * hour + i * 20 * minute));
    const json late = test_at(1, monday + 7 * hour);
    world.put(late, "I610404-01", monday + 17 * hour);
    REQUIRE(world.flags("R09").size() == 1);
    const auto before = world.suspects.dump();
    world.put(late, "B610400-01", monday + 40 * hour);
    world.sweep();
    CHECK(world.suspects.dump() == before);
    world.put(correction(2, monday + 41 * hour, "I610404-01", 1), "I610404-01", monday + 41 * hour);
    CHECK(world.flags("R09").empty());
    CHECK(world.suspects.of_record(id_of(1)).empty());
}

TEST_CASE("a line that a longer segment brings again keeps the time at which it came first") {
    SuspectWorld world;
    const json r = test_at(1, monday + 9 * hour);
    const auto line = loop::admit(r.dump(), "I610404-01", monday + 10 * hour);
    world.take(line, {"I610404-01", "epoch", 1, monday + 10 * hour, {}});
    world.take(line, {"I610404-01", "epoch", 1, monday + 90 * hour, {}});
    world.sweep();
    loop::stations::each_day(world.suspects.statistics().keeping().kept, 0, loop::day_of(monday) + 365,
                             [](const auto&, loop::Day, const loop::stations::Kept& kept) { CHECK(kept.late == 0); });
}

TEST_CASE("a rejected test's process data that comes later is looked at") {
    SuspectWorld world;
    json r = test_at(1, monday + 9 * hour, {{"trace", {{"sha256", sha_a}, {"rows", 60}}}});
    r["readings"][0]["value"] = 1.2;
    world.take(loop::admit(r.dump(), "I610404-01", monday + 10 * hour), {"I610404-01", "epoch", 1, monday, {}});
    CHECK(world.flags("R14").empty());
    trace_comes(sha_a).happen(world);
    CHECK(world.flags("R14").size() == 1);
}

TEST_CASE("a shop found to have been suspended: repairs that were mended by a correction are looked at again") {
    SuspectWorld world;
    const json mended = a_repair(31, "2026-05-14T10:00:00+08:00");
    auto wrong = mended;
    wrong["outcome"] = "mended";
    world.take(loop::admit(wrong.dump(), "M610404-03", monday + 5 * loop::day_ms),
               {"M610404-03", "epoch", 1, monday + 5 * loop::day_ms, {}});
    world.put(correction(32, monday + 4 * loop::day_ms, "M610404-03", 31, mended));
    CHECK(world.flags("R11").empty());
    world.put(registered(41, "M610404-03", {{"status", "suspended"}, {"valid_from", "2026-05-01"}}), "H610400-01");
    const auto flags = world.flags("R11");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "station_not_filed");
    CHECK(flags[0].records == std::vector{id_of(31)});
}

TEST_CASE("a station found to have been suspended: its tests that were rejected are looked at again") {
    SuspectWorld world;
    json r = test_at(1, monday + 9 * hour);
    r["readings"][0]["value"] = 1.2;
    world.take(loop::admit(r.dump(), "I610404-01", monday + 10 * hour), {"I610404-01", "epoch", 1, monday, {}});
    CHECK(world.flags("R11").empty());
    world.put(registered(41, "I610404-02", {{"status", "suspended"}, {"valid_from", "2026-05-01"}}), "H610400-01");
    CHECK(world.flags("R11").empty());
    world.put(registered(42, "I610404-01", {{"status", "suspended"}, {"valid_from", "2026-05-01"}}), "H610400-01");
    const auto flags = world.flags("R11");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "station_not_filed");
    CHECK(flags[0].records == std::vector{id_of(1)});
}
