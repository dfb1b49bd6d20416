// Flags are the same live as rebuilt: whatever came when, in whatever batches, looked at in between or not.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;
using loop::rules::Arrival;

namespace {

constexpr loop::Moment minute = 60'000, hour = 60 * minute;
const loop::Moment monday = loop::parse_moment("2026-05-11T00:00:00+08:00").value();
const std::string sha_a(64, 'a'), sha_b(64, 'b');

/// Something that happens to a hub.
struct Event {
    std::function<void(SuspectWorld&)> happen;
    bool is_line = true;
};
/// In its own order; journals come in among one another.
using Journal = std::vector<Event>;

struct Writer {
    std::string source, epoch;
    std::uint64_t seq = 0;
    Journal events{};

    void write(const json& record, loop::Moment received_at) {
        const Arrival arrival{source, epoch, ++seq, received_at, {}};
        const auto line = loop::admit(record.dump(), source, received_at);
        events.push_back({[line, arrival](SuspectWorld& world) { world.take(line, arrival); }});
    }
};

json test_at(int n, loop::Moment at, const json& more = json::object()) {
    auto r = a_test(n, loop::format_moment(at), more);
    r["vehicle"].merge_patch(a_vehicle(n));
    return r;
}

json correction(int n, loop::Moment at, const std::string& station, int of, const json& replacement = nullptr) {
    json r{{"schema", "imloop/correction/1"},
           {"record_id", id_of(n)},
           {"station_id", station},
           {"occurred_at", loop::format_moment(at)},
           {"corrects", id_of(of)},
           {"action", replacement.is_null() ? "void" : "replace"},
           {"reason", "示例"}};
    if (!replacement.is_null()) r["replacement"] = replacement;
    return r;
}

/// A registration of a day before, which comes when it comes.
json registered(int n, const std::string& station, const json& more) {
    auto r = a_registration(station, more);
    r["record_id"] = id_of(n);
    r["occurred_at"] = loop::format_moment(monday + 20 * loop::day_ms);
    return r;
}

Event trace_comes(const std::string& sha, const std::string& copy_of = "") {
    const auto comes = [=](SuspectWorld& world) {
        std::string csv = "time_s,co2_pct,o2_pct,rpm\n";
        for (int i = 0; i < 60; ++i) csv += fmt::format("{},14.00,0.50,2500\n", i);
        auto& traces = world.suspects.traces();
        traces.put_facts(sha, loop::rules::facts_of(loop::traces::parse_trace(csv).trace.value()));
        if (!copy_of.empty()) {
            traces.put_match(sha, {copy_of, 0, 1, 0, 0.99, 60, 1e-12});
            traces.put_match(copy_of, {sha, 0, 1, 0, 0.99, 60, 1e-12});
            world.suspects.trace_changed(copy_of);
        }
        world.suspects.trace_changed(sha);
        world.suspects.update(world.projection, {});
    };
    return {comes, false};
}

/// A day of one station with a test written after it, lines that are rejected, replaced, moved and voided, a bridge and
/// an older epoch that bring some of them too, and a bureau that registers late.
std::vector<Journal> journals() {
    Writer station{"I610404-01", "b"}, before{"I610404-01", "a"}, other{"I610404-02", "a"}, shop{"M610404-03", "a"},
        bridge{"B610400-01", "a"}, bureau{"H610400-01", "a"};
    const loop::Moment evening = monday + 20 * hour, next_day = monday + 34 * hour;
    const loop::Moment weeks_later = monday + 21 * loop::day_ms;
    const auto day_test = [](int i) { return test_at(100 + i, monday + 8 * hour + i * 20 * minute); };
    for (int i = 0; i < 24; ++i) station.write(day_test(i), monday + 8 * hour + i * 20 * minute + minute);
    const json back_dated = test_at(1, monday + 7 * hour);
    const json with_trace = test_at(2, monday + 17 * hour, {{"trace", {{"sha256", sha_a}, {"rows", 60}}}});
    const json copied = test_at(3, next_day, {{"trace", {{"sha256", sha_b}, {"rows", 60}}}});
    json contradicts = test_at(4, next_day + hour, {{"trace", {{"sha256", sha_b}, {"rows", 60}}}});
    contradicts["readings"][0]["value"] = 1.2;
    const json moved = test_at(5, next_day + 2 * hour, {{"station_id", "I610404-02"}});
    for (const json& r : {back_dated, with_trace}) station.write(r, evening);
    for (const json& r : {copied, contradicts, test_at(5, next_day + 2 * hour)}) station.write(r, next_day + 3 * hour);
    station.write(correction(11, next_day + 4 * hour, "I610404-01", 120), next_day + 5 * hour);
    station.write(correction(12, next_day + 4 * hour, "H610400-01", 5, moved), next_day + 5 * hour);
    bureau.write(correction(13, next_day + 6 * hour, "H610400-01", 5, moved), next_day + 6 * hour);
    // Again: from an older epoch, from a bridge, and two texts that contradict themselves under one number.
    before.write(day_test(18), next_day + 7 * hour);
    before.write(contradicts, next_day + 7 * hour);
    bridge.write(back_dated, next_day + 8 * hour);
    bridge.write(day_test(20), next_day + 8 * hour);
    other.write(test_at(21, next_day + hour), next_day + 2 * hour);
    // A repair that was rejected, and mended by a correction; then its shop is found to have been suspended.
    auto wrong = a_repair(31, loop::format_moment(next_day), {{"outcome", "mended"}});
    shop.write(wrong, next_day + hour);
    shop.write(correction(32, next_day + 2 * hour, "M610404-03", 31, a_repair(31, loop::format_moment(next_day))),
               next_day + 3 * hour);
    shop.write(a_repair(33, loop::format_moment(next_day + hour)), next_day + 2 * hour);
    bureau.write(registered(41, "M610404-03", {{"status", "suspended"}, {"valid_from", "2026-05-01"}}), weeks_later);
    bureau.write(registered(42, "I610404-01", {{"status", "suspended"}, {"valid_from", "2026-05-12"}}), weeks_later);
    bureau.write(registered(43, "I610404-02", {{"opening_hours", "08:00-11:00"}, {"valid_from", "2026-05-01"}}),
                 weeks_later);
    return {station.events, before.events, other.events,         shop.events,
            bridge.events,  bureau.events, {trace_comes(sha_a)}, {trace_comes(sha_b, sha_a)}};
}

/// All events, each journal in its order.
std::vector<Event> merged(std::vector<Journal> of) {
    std::vector<Event> out;
    for (auto& journal : of) std::ranges::reverse(journal);
    while (!of.empty()) {
        const auto n = *rc::gen::inRange<std::size_t>(0, of.size());
        out.push_back(std::move(of[n].back()));
        of[n].pop_back();
        if (of[n].empty()) of.erase(of.begin() + static_cast<std::ptrdiff_t>(n));
    }
    return out;
}

/// All lines at once, in the order they came; what is known of process data stands beside them.
std::string rebuilt(const std::vector<Event>& events, const loop::rules::Traces& traces) {
    SuspectWorld anew;
    for (const auto& event : events)
        if (event.is_line) event.happen(anew);
    anew.suspects.traces() = traces;
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
