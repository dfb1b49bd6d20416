// What one record costs the rules does not grow with the records of its moment; and a rule that throws is left out
// there.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <stdexcept>

#include "loop/rules/vehicle/spans.hpp"
#include "loop/suspects/observed/sameness.hpp"
#include "loop/suspects/observed/unlike.hpp"
#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;
using loop::rules::looked_at_once_max;
using loop::rules::Record;
using loop::rules::Rule;
using loop::rules::Span;
using loop::rules::Spans;
using loop::rules::Suspects;
using loop::rules::UnlikeVins;

namespace {

const char* const stuck = "2026-03-02T10:00:00+08:00";

/// Records handed to rules, by this test's own rule in the place of one of the house.
std::size_t handed = 0;
void one_key(const Record&, std::vector<std::string>& out) { out.emplace_back("all"); }
void count(std::span<const Record> records, const loop::rules::Context&, loop::rules::Flags&) {
    handed += records.size();
}
void count_history(const loop::rules::History& history, const loop::rules::Context&, loop::rules::Flags&) {
    handed += history.records.size();
}

/// Those of a rule as it says them, by records.
std::set<std::vector<std::string>> said(SuspectWorld& world, const std::string& rule, const std::string& claim) {
    std::set<std::vector<std::string>> out;
    for (const auto& flag : world.flags(rule))
        if (flag.claim == claim) out.insert(flag.records);
    return out;
}

}  // namespace

TEST_CASE("of thousands of records of one key each is handed so many, then all to the sweep once") {
    const std::vector<Rule> rules{{.id = "V03", .groups = {{one_key, count}}}};
    SuspectWorld world(json::object(), rules);
    world.settle();
    handed = 0;
    constexpr std::size_t tests = 2000;
    for (std::size_t n = 0; n < tests; ++n) {
        auto r = a_test(static_cast<int>(n), stuck);
        r["vehicle"].merge_patch(a_vehicle(static_cast<int>(n)));
        world.put(r);
        world.settle();
    }
    const std::size_t registered = 4;
    CHECK(handed <= looked_at_once_max * (looked_at_once_max + 1) / 2);
    handed = 0;
    world.sweep();
    CHECK(handed == tests + registered);
    handed = 0;
    world.sweep();
    CHECK(handed == 0);
}

TEST_CASE("a vehicle of thousands of records is looked at whole by the sweep alone") {
    const std::vector<Rule> rules{{.id = "V03", .history = count_history}};
    SuspectWorld world(json::object(), rules);
    handed = 0;
    constexpr std::size_t tests = 600;
    for (std::size_t n = 0; n < tests; ++n) {
        world.put(a_test(static_cast<int>(n), stuck));
        world.settle();
    }
    CHECK(handed <= looked_at_once_max * (looked_at_once_max + 1) / 2);
    handed = 0;
    world.sweep();
    CHECK(handed == tests);
}

TEST_CASE("spans that can share time are found, and of one moment without length none") {
    rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& given, std::uint8_t from, std::uint8_t long_,
                 std::uint8_t least) {
        std::vector<Span> spans;
        for (const auto& [begin, length] : given) spans.push_back({begin, begin + length});
        const Span with{from, from + long_};
        const auto near = Spans(spans).sharing(with, least);
        for (std::size_t i = 0; i < spans.size(); ++i) {
            const auto shared = std::min(spans[i].to, with.to) - std::max(spans[i].from, with.from);
            if (shared > least) RC_ASSERT((i >= near.first && i < near.last));
        }
    });
    std::size_t candidates = 0;
    const std::vector<Span> moment(16'000, Span{1'000'000, 1'000'000});
    const Spans spans(moment);
    for (const auto& span : moment) {
        const auto near = spans.sharing(span, 0);
        candidates += near.last - near.first;
    }
    CHECK(candidates == 0);
}

TEST_CASE("a day of tests one after another: each is held against its neighbours") {
    std::size_t candidates = 0;
    std::vector<Span> day;
    for (loop::Moment i = 0; i < 10'000; ++i) day.push_back({i * 100, i * 100 + 250});
    const Spans spans(day);
    for (const auto& span : day) {
        const auto near = spans.sharing(span, 0);
        candidates += near.last - near.first;
    }
    CHECK(candidates <= 5 * day.size());
}

TEST_CASE("vehicles unlike one another are those that comparing each with each finds, without doing so") {
    rc::check([](std::uint32_t seed) {
        std::mt19937 dice(seed);
        std::vector<std::string> vins;
        for (int i = 0; i < 60; ++i) {
            auto vin = a_vin(static_cast<int>(dice() % 40));
            if (dice() % 3 == 0) vin[dice() % vin.size()] = static_cast<char>('0' + dice() % 10);
            if (dice() % 5 == 0) std::swap(vin[12], vin[13]);
            vins.push_back(vin);
        }
        UnlikeVins found;
        std::vector<std::string> each;
        for (const auto& vin : vins) {
            const bool is_unlike = std::ranges::all_of(
                each, [&](const std::string& other) { return loop::rules::vins_far_apart(vin, other); });
            if (is_unlike) each.push_back(vin);
            RC_ASSERT(found.add(vin) == is_unlike);
        }
    });
    UnlikeVins many;
    constexpr int vehicles = 5000;
    for (int n = 0; n < vehicles; ++n) CHECK(many.add(a_vin(n)));
    CHECK(many.compared() <= vehicles);
}

TEST_CASE("two cars on one line: thousands of tests of one moment say what each against each would") {
    SuspectWorld world;
    for (int n = 0; n < 400; ++n) {
        auto r = a_test(n, stuck);
        r["vehicle"].merge_patch(a_vehicle(n % 300));
        if (n % 7 == 0) r["vehicle"].erase("vin");
        if (n % 5 == 0) r["started_at"] = stuck;
        world.put(r);
    }
    std::set<std::vector<std::string>> expected;
    const auto counts = [](int n) { return n % 7 != 0 && n % 5 != 0; };
    for (int n = 0; n < 400; ++n)
        for (int other = n; counts(n) && other-- > 0;)
            if (counts(other) && a_vin(other % 300) != a_vin(n % 300)) {
                expected.insert({id_of(n), id_of(other)});
                break;
            }
    CHECK(said(world, "V03", "two_cars_on_one_line") == expected);
}

TEST_CASE("a rule that throws is named and left out for that record; the others say what they say") {
    const auto throws = [](const Record& r, const loop::rules::Context&, loop::rules::Flags& flags) {
        flags.push_back({.claim = "half", .records = {r.fact.record_id}});
        if (r.fact.record_id == id_of(1)) throw std::runtime_error("not to be judged");
    };
    const auto says = [](const Record& r, const loop::rules::Context&, loop::rules::Flags& flags) {
        flags.push_back({.claim = "seen", .records = {r.fact.record_id}});
    };
    const auto no_keys = [](const Record&, std::vector<std::string>&) { throw std::runtime_error("no key"); };
    const std::vector<Rule> rules{
        {.id = "R04", .record = throws}, {.id = "R05", .record = says}, {.id = "V03", .groups = {{no_keys, count}}}};
    SuspectWorld world(json::object(), rules);
    world.settle();
    world.put(a_test(1, stuck));
    world.put(a_test(2, stuck));
    CHECK(world.flags("R05").size() == 6);  // the stations' registrations too
    CHECK(world.flags("R04").size() == 5);
    CHECK(world.suspects.failed().at("record " + id_of(1)) == std::set<std::string>{"R04"});
    CHECK(world.suspects.failed().at("keys " + id_of(2)) == std::set<std::string>{"V03"});
    CHECK(world.suspects.dump().find("failed record " + id_of(1) + " R04\n") != std::string::npos);
    world.put({{"schema", "imloop/correction/1"},
               {"record_id", id_of(3)},
               {"station_id", "I610404-01"},
               {"occurred_at", "2026-03-20T09:00:00+08:00"},
               {"corrects", id_of(1)},
               {"action", "void"},
               {"reason", "录错"}});
    world.sweep();
    CHECK_FALSE(world.suspects.failed().contains("record " + id_of(1)));
}

TEST_CASE("what threw is told once: elsewhere, or after it was mended, again") {
    static bool is_mended = false;
    const auto throws = [](const Record& r, const loop::rules::Context&, loop::rules::Flags&) {
        if (r.is_test() && !is_mended) throw std::runtime_error("not to be judged");
    };
    const auto no_keys = [](const Record& r, std::vector<std::string>&) {
        if (r.is_test()) throw std::runtime_error("no key");
    };
    const std::vector<Rule> rules{{.id = "R04", .record = throws}, {.id = "V03", .groups = {{no_keys, count}}}};
    SuspectWorld world(json::object(), rules);
    const auto look_again = [&](std::initializer_list<int> ids) {
        loop::Projection::Changes changes;
        for (const int n : ids) changes.records.push_back({id_of(n), nullptr});
        world.suspects.update(world.projection, changes);
        return world.suspects.take_failed();
    };
    using Failed = Suspects::Failed;
    world.put(a_test(1, stuck));
    world.settle();
    CHECK(world.suspects.take_failed() == Failed{{"keys " + id_of(1), {"V03"}}, {"record " + id_of(1), {"R04"}}});
    CHECK(look_again({1}).empty());
    world.put(a_test(2, stuck));
    world.settle();
    CHECK(look_again({1}) == Failed{{"keys " + id_of(2), {"V03"}}, {"record " + id_of(2), {"R04"}}});
    is_mended = true;
    CHECK(look_again({1, 2}).empty());
    CHECK(world.suspects.failed() == Failed{{"keys " + id_of(1), {"V03"}}, {"keys " + id_of(2), {"V03"}}});
    is_mended = false;
    CHECK(look_again({1}) == Failed{{"record " + id_of(1), {"R04"}}});
}

TEST_CASE("two records of one plate are of one vehicle however its look-alikes were written") {
    const auto with_plate = [](const char* plate) { return loop::VehicleWords{"", plate, "", "", "", ""}; };
    CHECK(loop::rules::sameness(with_plate("陕D1OO10"), with_plate("陕D10010")) == loop::rules::Sameness::same);
    CHECK(loop::rules::sameness(with_plate("陕D10011"), with_plate("陕D10010")) == loop::rules::Sameness::unclear);
}
