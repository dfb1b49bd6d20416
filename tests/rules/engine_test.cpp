#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <set>

#include "loop/rules/rule_table.hpp"
#include "tests/support/suspects.hpp"

using namespace imloop;
using namespace imloop::test;
using loop::rules::Suspects;

namespace {

const json other_vehicle{{"vin", "LFVBA11G0F3000026"}, {"plate", "陕D0T002"}};
json part(const std::string& serial) { return {{"parts", {{{"name", "三元催化器"}, {"serial_no", serial}}}}}; }

/// A failed test, its repair with a part, a test too fast, another vehicle's repair with the same part, a correction.
std::vector<json> a_history() {
    auto fast = a_test(4, "2026-03-09T10:00:00+08:00", {{"started_at", "2026-03-09T09:59:30+08:00"}});
    auto second = a_repair(5, "2026-03-12T10:00:00+08:00", part("tc-4711"));
    second["vehicle"].merge_patch(other_vehicle);
    second["fail_report_no"] = "R99";
    json voided{{"schema", "imloop/correction/1"},
                {"record_id", id_of(7)},
                {"station_id", "I610404-01"},
                {"occurred_at", "2026-03-10T09:00:00+08:00"},
                {"corrects", id_of(6)},
                {"action", "void"},
                {"reason", "重复"}};
    return {a_failed_test(1, "2026-03-02T10:00:00+08:00"),
            a_repair(2, "2026-03-05T10:00:00+08:00", part("TC 4711")),
            a_test(3, "2026-03-06T10:00:00+08:00", {{"reason", "retest"}}),
            fast,
            second,
            a_test(6, "2026-03-09T12:00:00+08:00", {{"started_at", "2026-03-09T11:59:50+08:00"}}),
            voided};
}

std::string dump_of(const std::vector<json>& records, const std::vector<std::size_t>& order, std::size_t batch) {
    SuspectWorld world;
    std::size_t n = 0;
    for (const auto i : order) {
        world.put(records[i]);
        if (++n % batch == 0) world.settle();
    }
    world.sweep();
    return world.suspects.dump();
}

}  // namespace

TEST_CASE("every rule has its page and every page its rule") {
    std::set<std::string> rules, pages;
    for (const auto& rule : loop::rules::all()) rules.emplace(rule.id);
    for (const auto& [id, table] : loop::rules::rule_tables()) pages.insert(id);
    CHECK(rules == pages);
}

TEST_CASE("parameters are the same where they ask the same, in whatever words") {
    using loop::rules::Parameters;
    const auto of_rule = [](const json& changes) { return Parameters(json{{"R03", changes}}); };
    CHECK(of_rule({{"enabled", true}}) == Parameters());
    CHECK(of_rule(json::object()) == Parameters());
    CHECK_FALSE(of_rule({{"enabled", false}}) == Parameters());
    CHECK_FALSE(of_rule({{"parameters", {{"lambda_difference_max", 0.08}}}}) == Parameters());
    CHECK_FALSE(of_rule({{"counties", {{"610428", {{"lambda_difference_max", 0.08}}}}}}) == Parameters());
}

TEST_CASE("flags say which rule, which record, where and why, in both languages") {
    SuspectWorld world;
    for (const auto& r : a_history()) world.put(r);
    const auto fast = world.flags("R04");
    REQUIRE(fast.size() == 1);
    CHECK(fast[0].records == std::vector{id_of(4)});
    CHECK(fast[0].station_id == "I610404-01");
    CHECK(loop::format_day(fast[0].day) == "2026-03-09");
    CHECK(fast[0].flag_id.starts_with("R04-"));
    CHECK(loop::rules::claim_of(fast[0]).zh == "检验只用了 30 s，该方法至少需要 90 s。");
    CHECK(loop::rules::claim_of(fast[0]).en == "The test took 30 s; its method needs at least 90 s.");

    const auto seen = world.flags("M02");
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].records == std::vector{id_of(5), id_of(2)});
    CHECK(world.suspects.of_record(id_of(2)) == std::vector{seen[0].flag_id});
}

TEST_CASE("a flag clears with the record it is about") {
    SuspectWorld world;
    for (const auto& r : a_history()) world.put(r);
    REQUIRE(world.flags("M02").size() == 1);
    json voided{{"schema", "imloop/correction/1"},
                {"record_id", id_of(8)},
                {"station_id", "M610404-03"},
                {"occurred_at", "2026-03-20T09:00:00+08:00"},
                {"corrects", id_of(2)},
                {"action", "void"},
                {"reason", "录错"}};
    world.put(voided);
    CHECK(world.flags("M02").empty());
    CHECK(world.suspects.of_record(id_of(2)).empty());
}

TEST_CASE("any order and any batches give the same flags, and a rule run later gives them too") {
    const auto records = a_history();
    std::vector<std::size_t> order(records.size());
    std::iota(order.begin(), order.end(), 0);
    const auto expected = dump_of(records, order, 1);
    rc::check([&] {
        auto other = order;
        for (std::size_t i = other.size(); i > 1; --i)
            std::swap(other[i - 1], other[*rc::gen::inRange<std::size_t>(0, i)]);
        RC_ASSERT(dump_of(records, other, *rc::gen::inRange<std::size_t>(1, 8)) == expected);
    });

    SuspectWorld world;
    for (const auto& r : records) world.put(r);
    world.sweep();
    Suspects later{loop::rules::Parameters()};
    later.update(world.projection, world.projection.everything());
    later.sweep(world.projection, loop::parse_day("2026-12-31").value());
    CHECK(later.dump() == world.suspects.dump());
}

TEST_CASE("parameters are a county's, the policy's or the rule's own, in that order") {
    SuspectWorld strict(json{{"R04", {{"parameters", {{"seconds_tolerance", -100}}}}}});
    for (const auto& r : a_history()) strict.put(r);
    CHECK(strict.flags("R04").size() == 3);
    SuspectWorld lenient(json{{"R04", {{"counties", {{"610404", {{"seconds_tolerance", 80}}}}}}}});
    for (const auto& r : a_history()) lenient.put(r);
    CHECK(lenient.flags("R04").empty());
    SuspectWorld off(json{{"R04", {{"enabled", false}}}});
    for (const auto& r : a_history()) off.put(r);
    CHECK(off.flags("R04").empty());
    CHECK_THROWS_WITH(SuspectWorld(json{{"R04", {{"parameters", {{"seconds", 1}}}}}}),
                      "/rules/R04/parameters/seconds：没有这个参数 / there is no such parameter");
    CHECK_THROWS(SuspectWorld(json{{"R999", json::object()}}));
}

TEST_CASE("the latest decision of an officer counts, and outlives the flag") {
    SuspectWorld world;
    for (const auto& r : a_history()) world.put(r);
    const auto id = world.flags("R04").at(0).flag_id;
    CHECK_FALSE(world.suspects.decision(id));
    const auto decide = [&](int n, const char* at, const char* action) {
        world.put({{"schema", "imloop/decision/1"},
                   {"record_id", id_of(n)},
                   {"station_id", "H610400-01"},
                   {"occurred_at", at},
                   {"about", {{"flag_id", id}}},
                   {"action", action},
                   {"reason", "看过录像"},
                   {"officer_id", "魏岚"}});
    };
    decide(21, "2026-04-02T09:00:00+08:00", "dismiss");
    decide(20, "2026-04-01T09:00:00+08:00", "confirm");
    world.settle();
    CHECK(world.suspects.decision(id)->action == "dismiss");
}

TEST_CASE("a rejected test speaks until the station has mended it") {
    SuspectWorld world;
    auto record = a_test(30, "2026-05-04T10:00:00+08:00", {{"started_at", "2026-05-04T09:59:50+08:00"}});
    const auto line = loop::admit(record.dump(), "I610404-01", loop::parse_moment("2026-05-04T10:01:00+08:00").value());
    world.suspects.rejected(line.fact, {"I610404-01", "epoch", 1, 0, {"verdict_contradicts_readings"}});
    CHECK(world.flags("R04").size() == 1);
    record["started_at"] = "2026-05-04T09:56:00+08:00";
    world.put(record);
    CHECK(world.flags("R04").empty());
}
