// Suspects whose rows lie elsewhere and are let go of between batches say what those held in memory say; and the rows
// are the same whatever came when, in whatever batches and how often.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>

#include "loop/rules/hash.hpp"
#include "loop/suspects/asking/risk.hpp"
#include "tests/support/live_events.hpp"
#include "tests/support/rows.hpp"

using namespace imloop;
using namespace imloop::test;
using namespace imloop::test::live;
using loop::rules::Flag;
using loop::rules::looked_at_once_max;
using loop::rules::Record;
using loop::rules::Rule;
using loop::rules::Suspects;

namespace {

/// A world whose rows lie in maps.
struct RowsWorld {
    explicit RowsWorld(const std::vector<Rule>& of, bool in_sets = false)
        : rules(of), world(json::object(), of, &rows) {
        rows.comes_in_sets = in_sets;
    }

    void store() {
        world.suspects.write(rows.take());
        world.suspects.forget();
        RC_ASSERT(world.suspects.held() == 0U);
    }
    void settle() {
        world.settle();
        store();
    }
    /// Letting go of everything between any two looks, and cut short at every second one.
    void sweep() {
        world.settle();
        store();
        int looks = 0;
        const auto goes_on = [&] {
            store();
            return ++looks % 2 != 0;
        };
        while (!world.suspects.sweep(world.projection, loop::parse_day("2026-12-31").value(), goes_on)) store();
        store();
    }
    void restart() { world.suspects = Suspects(loop::rules::Parameters(), rules, &rows); }

    const std::vector<Rule>& rules;
    MapRows rows;
    SuspectWorld world;
};

/// Everything that is asked of suspects.
std::string said(const SuspectWorld& world) {
    const auto& suspects = world.suspects;
    std::string out = suspects.dump() + loop::format_day(suspects.swept_to()) + "\n";
    suspects.each_flag([&](const Flag& flag) {
        const auto decision = suspects.decision(flag.flag_id);
        out += fmt::format("{} {} of {}\n", *suspects.flag(flag.flag_id) == flag, decision ? decision->action : "",
                           flag.records.empty() ? 0 : suspects.of_record(flag.records.front()).size());
    });
    suspects.each_check([&](const std::string& station, const loop::rules::Check& check) {
        out += fmt::format("check {} {} {}\n", station, check.record_id, check.measure);
    });
    for (const auto& sha : {sha_a, sha_b})
        out += fmt::format("trace {} {} {} {}\n", sha, fmt::join(suspects.records_with_trace(sha), ","),
                           suspects.traces().facts(sha) != nullptr, suspects.traces().matches(sha).size());
    for (const auto& [station, risk] : loop::rules::risks(suspects).stations)
        out += fmt::format("risk {} {} {}\n", station, risk.score_permille, fmt::join(risk.flag_ids, ","));
    return out;
}

void holds(const std::function<void()>& property) { REQUIRE(rc::check(property)); }

void one_key(const Record& r, std::vector<std::string>& out) {
    if (r.is_test()) out.emplace_back("all");
}
void counted(std::span<const Record> records, const loop::rules::Context&, loop::rules::Flags& flags) {
    flags.push_back({.claim = std::to_string(records.size()), .records = {records.front().fact.record_id}});
}

}  // namespace

TEST_CASE("rows elsewhere, let go of after every batch: the same is said as in memory, and the rows are of the lines") {
    std::optional<decltype(MapRows::tables)> first;
    holds([&] {
        RowsWorld paged(loop::rules::all(), *rc::gen::arbitrary<bool>());
        SuspectWorld held;
        for (const auto& event : merged(journals())) {
            const int times = *rc::gen::inRange(0, 6) == 0 ? 2 : 1;
            for (int i = 0; i < times; ++i) event.happen(paged.world), event.happen(held);
            if (*rc::gen::inRange(0, 3) > 0) {
                paged.settle(), held.settle();
                RC_ASSERT(paged.world.suspects.take_new() == held.suspects.take_new());
            }
            if (*rc::gen::inRange(0, 8) == 0) {
                paged.sweep(), held.sweep();
                RC_ASSERT(said(paged.world) == said(held));
            }
        }
        paged.sweep(), held.sweep();
        RC_ASSERT(said(paged.world) == said(held));
        if (!first) first = paged.rows.tables;
        RC_ASSERT(paged.rows.tables == *first);
    });
    for (const auto* table :
         {"watch_arrivals", "watch_by_trace", "watch_checks", "watch_decisions", "watch_flagged", "watch_flags",
          "watch_noted", "watch_owned", "watch_put_ins", "watch_rejected", "watch_rejected_by_station",
          "watch_rejected_by_trace", "watch_shared", "watch_swept", "watch_trace_facts", "watch_trace_matches"})
        CHECK(first->contains(std::string_view(table)));
    CHECK_FALSE(first->contains("watch_stale_keys"));
}

TEST_CASE("made anew from its rows between any two batches, it goes on as if it had never stopped") {
    std::vector<Rule> rules = loop::rules::all();
    std::optional<decltype(MapRows::tables)> first;
    holds([&] {
        RowsWorld paged(rules, *rc::gen::arbitrary<bool>());
        SuspectWorld held(json::object(), rules);
        for (const auto& event : merged(journals())) {
            event.happen(paged.world), event.happen(held);
            if (*rc::gen::inRange(0, 3) == 0) continue;
            paged.settle(), held.settle();
            if (*rc::gen::arbitrary<bool>()) paged.restart();
            if (*rc::gen::inRange(0, 8) == 0) paged.sweep(), held.sweep();
        }
        paged.sweep(), held.sweep();
        RC_ASSERT(said(paged.world) == said(held));
        if (!first) first = paged.rows.tables;
        RC_ASSERT(paged.rows.tables == *first);
    });
}

TEST_CASE("a key that grows large and small again, and a long history: the same rows in any batches") {
    const auto long_ = [](const loop::rules::History& h, const loop::rules::Context&, loop::rules::Flags& flags) {
        flags.push_back({.claim = std::to_string(h.records.size()), .records = {h.records.back().fact.record_id}});
    };
    const std::vector<Rule> rules{{.id = "V03", .history = long_, .groups = {{one_key, counted}}}};
    std::vector<Event> events;
    Writer station{"I610404-01", "a"};
    const int tests = static_cast<int>(looked_at_once_max) + 3;
    for (int n = 0; n < tests; ++n)
        station.write(a_test(n, loop::format_moment(monday + n * hour)), monday + tests * hour);
    for (int n = 0; n < 5; ++n)
        station.write(correction(tests + n, monday + tests * hour, "I610404-01", n), monday + tests * hour);
    std::optional<decltype(MapRows::tables)> first;
    for (const auto& [batch, in_sets] :
         {std::pair(1, false), std::pair(1, true), std::pair(40, true), std::pair(1000, false)}) {
        RowsWorld paged(rules, in_sets);
        SuspectWorld held(json::object(), rules);
        int n = 0;
        for (const auto& event : station.events) {
            event.happen(paged.world), event.happen(held);
            if (++n % batch == 0) paged.settle(), held.settle();
            if (n == 270) paged.sweep(), held.sweep();
        }
        paged.sweep(), held.sweep();
        CHECK(said(paged.world) == said(held));
        CHECK(said(held).find("flag V03-") != std::string::npos);
        if (!first) first = paged.rows.tables;
        CHECK(paged.rows.tables == *first);
    }
}

TEST_CASE("keys that look alike in the rows are looked at apart, and of records that look alike none is lost") {
    // Found by trying.
    const std::string one = "key 552", other = "key 11677";
    const std::string a = "01940000-0000-7000-8000-000000066607", b = "01940000-0000-7000-8000-000000068374";
    const std::string c = "01940000-0000-7000-8000-000000000001";
    REQUIRE(loop::rules::short_hash_of(one) == loop::rules::short_hash_of(other));
    REQUIRE(loop::rules::note_of(a) == loop::rules::note_of(b));
    const auto by_report = [](const Record& r, std::vector<std::string>& out) {
        if (r.is_test()) out.push_back(r.fact.inspection->report_no);
    };
    const std::vector<Rule> rules{{.id = "V03", .groups = {{by_report, counted}}}};
    const auto test = [](const std::string& id, int n, const std::string& report) {
        return test_at(n, monday + n * hour, {{"record_id", id}, {"report_no", report}});
    };
    RowsWorld paged(rules);
    const auto claims = [&] {
        std::vector<std::string> out;
        paged.world.suspects.each_flag(
            [&](const Flag& flag) { out.push_back(flag.records.front().substr(31) + " " + flag.claim); });
        std::ranges::sort(out);
        return out;
    };
    using Claims = std::vector<std::string>;
    paged.world.put(test(a, 1, one));
    paged.world.put(test(c, 2, one));
    paged.settle();
    CHECK(claims() == Claims{"66607 2"});
    paged.world.put(test(b, 3, other));
    paged.settle();
    CHECK(claims() == Claims{"66607 2", "68374 1"});
    auto voided = correction(900, monday + 9 * hour, "I610404-01", 0);
    voided["corrects"] = a;
    paged.world.put(voided);
    paged.settle();
    CHECK(claims() == Claims{"00001 1", "68374 1"});

    SECTION("two that look alike are two for a group that says nothing of one") {
        const std::vector<Rule> of_two{{.id = "V03", .groups = {{by_report, counted, false, 2}}}};
        RowsWorld pair(of_two);
        std::vector<std::string> said;
        const auto look = [&] {
            said.clear();
            pair.world.suspects.each_flag([&](const Flag& flag) { said.push_back(flag.claim); });
            return said;
        };
        pair.world.put(test(a, 1, one));
        pair.settle();
        CHECK(look().empty());
        pair.world.put(test(b, 3, one));
        pair.settle();
        CHECK(look() == std::vector<std::string>{"2"});
        pair.world.put(voided);
        pair.settle();
        CHECK(look().empty());
    }
}

TEST_CASE("a record that is voided by what the rules have not come to yet is passed over until they do") {
    const std::vector<Rule> rules{{.id = "V03", .groups = {{one_key, counted}}}};
    SuspectWorld world(json::object(), rules);
    world.put(test_at(1, monday));
    world.settle();
    world.put(test_at(2, monday + hour));
    const auto next = world.projection.settle();
    world.put(correction(900, monday + 2 * hour, "I610404-01", 1));
    const auto last = world.projection.settle();
    for (const auto* changes : {&next, &last}) {
        world.suspects.update(world.projection, *changes);
        std::vector<std::string> claims;
        world.suspects.each_flag([&](const Flag& flag) { claims.push_back(flag.records.front() + " " + flag.claim); });
        CHECK(claims == std::vector<std::string>{id_of(2) + " 1"});
    }
}

TEST_CASE("what one record more reads does not grow with those that were there") {
    const auto reads_of_one_more = [](int days) {
        RowsWorld paged(loop::rules::all());
        const auto a_day_test = [](int n) {
            auto r = a_test(n, loop::format_moment(monday + n * loop::day_ms));
            r["vehicle"].merge_patch(a_vehicle(n));
            r["readings"][0]["value"] = 0.1 + n / 10'000.0;  // else they share a small key
            return r;
        };
        for (int n = 0; n < days; ++n) paged.world.put(a_day_test(n));
        paged.settle();
        paged.rows.reads = 0;
        paged.world.put(a_day_test(days));
        paged.settle();
        return paged.rows.reads;
    };
    const auto reads = reads_of_one_more(3);
    CHECK(reads < 80);
    CHECK(reads_of_one_more(300) == reads);
}
