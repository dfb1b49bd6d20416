// Which lines of a policy say what on which day, and what they change of what was counted.
#include "loop/policy.hpp"

#include <catch2/catch.hpp>

#include "loop/projection.hpp"
#include "loop/tally.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

const loop::Moment received = loop::parse_moment("2026-12-01T00:00:00+08:00").value();
loop::Day day(const char* text) { return loop::parse_day(text).value(); }

std::string id_of(int number) {
    char id[40];
    std::snprintf(id, sizeof id, "01920000-0000-7000-8000-%012d", number);
    return id;
}

json policy(int number, const char* written_on, const char* valid_from, const json& words) {
    json out{{"schema", "imloop/policy/1"}, {"record_id", id_of(number)},
             {"station_id", "H610400-01"},  {"occurred_at", written_on + std::string("T08:00:00+08:00")},
             {"valid_from", valid_from},    {"officer_id", "o-1"},
             {"confirmed_by", "o-2"}};
    out.update(words);
    return out;
}

json failure(int number, const char* on, const char* vin) {
    const auto at = on + std::string("T09:00:00+08:00");
    return {{"schema", "imloop/inspection/1"},
            {"record_id", id_of(number)},
            {"station_id", "I610404-01"},
            {"occurred_at", at},
            {"vehicle", {{"vin", vin}}},
            {"report_no", "R" + std::to_string(number)},
            {"line_id", "1"},
            {"inspector_id", "1"},
            {"reason", "periodic"},
            {"started_at", at},
            {"ended_at", at},
            {"method", "obd_only"},
            {"readings", json::array()},
            {"verdict", "fail"},
            {"failed_items", {"obd"}}};
}

json pass(int number, const char* on, const char* vin) {
    auto out = failure(number, on, vin);
    out.update({{"verdict", "pass"}, {"reason", "retest"}, {"station_id", "I610423-01"}});
    out.erase("failed_items");
    return out;
}

json registration(int number, const char* station, const char* county) {
    return {{"schema", "imloop/registration/1"},
            {"record_id", id_of(number)},
            {"station_id", "H610400-01"},
            {"occurred_at", "2020-01-01T00:00:00+08:00"},
            {"registered_station_id", station},
            {"kind", "I"},
            {"name", "检验站"},
            {"county", county},
            {"status", "filed"},
            {"valid_from", "2020-01-01"}};
}

constexpr const char* a = "LSVAA49J132000017";
constexpr const char* b = "LFV2A21K8E4003321";

/// Lines are taken in one by one, each with all that follows from it.
struct World {
    World() {
        put(registration(90, "I610404-01", "610404"));
        put(registration(91, "I610423-01", "610423"));
        put(policy(80, "2026-01-01", "1990-01-01",
                   {{"repair_days", 30}, {"repair_rate_target", 0.9}, {"counties", {{"610404", json::object()}}}}));
    }
    loop::Projection::Changes put(const json& record) {
        const std::string source = record.at("station_id");
        const auto admitted = loop::admit(record.dump(), source, received);
        REQUIRE(admitted.problems.empty());
        projection.put(admitted, source, "e", ++seq);
        return projection.settle();
    }
    std::string due(int failure) const {
        return loop::format_day(*projection.episode(id_of(failure), day("2026-11-01"))->due);
    }
    std::int64_t overdue(const char* as_of) const {
        const auto all = loop::tally(projection, {day("2026-01-01"), day("2026-12-31")}, day(as_of)).total();
        return all.outcomes[static_cast<std::size_t>(loop::EpisodeOutcome::non_return_not_repaired)];
    }
    loop::Projection projection{{}};
    std::uint64_t seq = 0;
};

std::vector<std::string> codes_of(const json& record, const char* source = "H610400-01") {
    std::vector<std::string> out;
    for (const auto& p : loop::admit(record.dump(), source, received).problems) out.push_back(p.pointer + " " + p.code);
    return out;
}

}  // namespace

TEST_CASE("in force on a day is, member by member, what the latest line by then says") {
    loop::Policies policies{{}};
    CHECK(policies.words_on(day("2026-01-01")).words == json::object());
    const auto line = [](int n, const char* written_on, const char* from, const json& words) {
        return loop::PolicyLine{id_of(n), day(from), loop::start_of(day(written_on)), "o-1", "o-2", words.dump()};
    };
    policies.put(
        {line(1, "2026-01-01", "1990-01-01",
              {{"repair_days", 30}, {"counties", {{"610404", {{"repair_days", 25}}}, {"610423", json::object()}}}})});
    policies.put(
        {line(3, "2026-02-01", "2026-05-01", {{"repair_days", 20}}),
         line(2, "2026-02-01", "2026-05-01", {{"repair_days", 10}, {"retest_days", 7}}),
         line(4, "2026-03-01", "2026-04-01", {{"retest_days", 5}, {"counties", {{"610404", {{"retest_days", 3}}}}}}),
         line(5, "2026-03-01", "2026-06-01", {{"retest_days", nullptr}, {"counties", {{"610423", nullptr}}}})});
    const auto on = [&](const char* at, const char* county) {
        const auto [repair_days, retest_days] = policies.on(day(at)).deadlines(county);
        return std::pair(repair_days, retest_days);
    };
    CHECK(on("2026-03-31", "610423") == std::pair(30, 15));
    CHECK(on("2026-03-31", "610404") == std::pair(25, 15));
    CHECK(on("2026-04-01", "610423") == std::pair(30, 5));
    CHECK(on("2026-04-01", "610404") == std::pair(30, 3));  // a county's values are said as a whole
    CHECK(on("2026-05-01", "610423") == std::pair(20, 7));
    CHECK(on("2026-06-01", "610423") == std::pair(20, 15));
    CHECK(policies.words_on(day("2026-05-20")).since == day("2026-05-01"));
    // Which counties are the hub's has no date.
    CHECK(policies.on(day("2026-01-01")).inside("610404"));
    CHECK_FALSE(policies.on(day("2026-01-01")).inside("610423"));
    const std::vector<std::string> order{id_of(1), id_of(4), id_of(2), id_of(3), id_of(5)};
    std::vector<std::string> found;
    for (const auto& each : policies.lines()) found.push_back(each.record_id);
    CHECK(found == order);
}

TEST_CASE("a line says from which day deadlines are others, and which counties came or left") {
    loop::Policies policies{{}};
    const auto put = [&](int n, const char* from, const json& words) {
        return policies.put({{id_of(n), day(from), loop::start_of(day("2026-01-01")), "o-1", "o-2", words.dump()}});
    };
    auto change = put(1, "1990-01-01", {{"repair_days", 30}, {"counties", {{"610404", json::object()}}}});
    CHECK_FALSE(change.deadlines_from);
    CHECK(change.counties == std::set<std::string>{"610404"});
    change = put(2, "2026-05-01", {{"repair_rate_target", 0.8}, {"hold_minutes", 20}});
    CHECK_FALSE(change.deadlines_from);
    CHECK(change.counties.empty());
    CHECK(put(3, "2026-06-01", {{"counties", {{"610404", {{"retest_days", 10}}}}}}).deadlines_from ==
          day("2026-06-01"));
    CHECK(put(4, "2026-04-01", {{"repair_days", 20}}).deadlines_from == day("2026-04-01"));
    CHECK(put(5, "2026-07-01", {{"counties", {{"610404", nullptr}, {"610423", json::object()}}}}).counties ==
          std::set<std::string>{"610404", "610423"});
}

TEST_CASE("a line dated back is without effect, but for the first, in whatever order they come") {
    World world;
    world.put(failure(1, "2026-03-01", a));
    world.put(policy(81, "2026-03-02", "2026-03-01", {{"repair_days", 5}}));
    CHECK(world.projection.without_effect(id_of(81)) == "policy_dated_back");
    CHECK(world.due(1) == "2026-03-31");
    CHECK_FALSE(world.projection.without_effect(id_of(80)));
    // A line older than the first takes its place: so a copy's own line yields to the one it is a copy of.
    world.put(policy(79, "2025-06-01", "1990-01-01", {{"repair_days", 12}}));
    CHECK(world.projection.without_effect(id_of(80)) == "policy_dated_back");
    CHECK(world.due(1) == "2026-03-13");
}

TEST_CASE("deadlines are those of the day of first failure: what was counted stands when they change") {
    World world;
    world.put(failure(1, "2026-03-01", a));
    world.put(failure(2, "2026-03-05", b));
    const auto changes = world.put(policy(81, "2026-03-05", "2026-03-05", {{"repair_days", 10}}));
    CHECK(changes.policy_changed);
    CHECK(changes.touched == std::vector<std::string>{id_of(2)});  // the failures of the day it holds from, no others
    CHECK(world.due(1) == "2026-03-31");
    CHECK(world.due(2) == "2026-03-15");
    CHECK(world.overdue("2026-03-15") == 0);
    CHECK(world.overdue("2026-03-16") == 1);
    CHECK(world.overdue("2026-04-01") == 2);
    // A further failure of an episode goes by the policy of its first.
    world.put(failure(3, "2026-03-10", a));
    CHECK(world.due(1) == "2026-04-09");
}

TEST_CASE("a target is that of the row's county on the last day of the period") {
    World world;
    for (int n = 0; n < 4; ++n) {
        auto one = failure(10 + n, "2026-03-01", a);
        one["vehicle"]["vin"] = "LSVAA49J13200" + std::to_string(1000 + 7 * n);
        world.put(one);
    }
    world.put(policy(81, "2026-03-02", "2026-04-01",
                     {{"repair_rate_target", 0.3}, {"counties", {{"610404", {{"repair_rate_target", 0.6}}}}}}));
    const auto zero_until = [&](const char* to, const char* county) {
        for (const auto& row :
             loop::tally(world.projection, {day("2026-01-01"), day(to)}, day("2026-11-01")).counties())
            if (row.county == county) return row.is_zero;
        return false;
    };
    CHECK(zero_until("2026-03-31", "610404"));
    CHECK(zero_until("2026-04-01", "610404"));  // 0.4^4
    world.put(policy(82, "2026-03-02", "2026-05-01", {{"counties", {{"610404", {{"repair_rate_target", 0.4}}}}}}));
    CHECK_FALSE(zero_until("2026-05-01", "610404"));  // 0.6^4
    CHECK(zero_until("2026-04-30", "610404"));
}

TEST_CASE("who is inside is today's list for all years") {
    World world;
    world.put(failure(1, "2026-03-01", a));
    world.put(pass(2, "2026-03-09", a));
    const auto outcome = [&] { return loop::name_of(world.projection.episode(id_of(1), day("2026-11-01"))->outcome); };
    CHECK(outcome() == "passed_elsewhere");
    const auto changes =
        world.put(policy(81, "2026-10-01", "2026-10-01", {{"counties", {{"610423", json::object()}}}}));
    CHECK(changes.touched == std::vector<std::string>{id_of(1)});
    CHECK(outcome() == "closed_unrepaired");
}

TEST_CASE("vehicles that a line touches are stepped anew some at a time") {
    World world;
    constexpr int failed = static_cast<int>(loop::stepped_at_once_max) + 1;
    for (int n = 0; n < failed; ++n) {
        auto one = failure(1000 + n, "2026-03-05", a);
        one["vehicle"] = {{"plate", "陕D1" + std::to_string(1000 + n)}, {"plate_kind", "02"}};
        world.put(one);
    }
    CHECK(world.put(policy(81, "2026-03-05", "2026-03-05", {{"repair_days", 10}})).touched.size() ==
          loop::stepped_at_once_max);
    CHECK_FALSE(world.projection.is_settled());
    CHECK(world.projection.settle().touched.size() == 1);
    CHECK(world.projection.is_settled());
    CHECK(world.overdue("2026-03-16") == failed);
}

TEST_CASE("a policy is not corrected: a later one is written") {
    World world;
    world.put(failure(1, "2026-03-01", a));
    world.put({{"schema", "imloop/correction/1"},
               {"record_id", id_of(70)},
               {"station_id", "H610400-01"},
               {"occurred_at", "2026-03-02T08:00:00+08:00"},
               {"corrects", id_of(80)},
               {"action", "void"},
               {"reason", "录入错误"}});
    CHECK(world.projection.without_effect(id_of(70)) == "correction_of_policy");
    CHECK(world.due(1) == "2026-03-31");
}

TEST_CASE("what admission says of a policy") {
    const auto right = policy(1, "2026-03-01", "2026-04-01",
                              {{"repair_days", 20},
                               {"retest_days", nullptr},
                               {"repair_rate_target", 0.85},
                               {"repair_required_members", {"certificate_no"}},
                               {"watched_stations", {"I610404-01"}},
                               {"hold_minutes", 15},
                               {"city", "610400"},
                               {"counties", {{"610404", {{"repair_days", 25}}}, {"610423", nullptr}}},
                               {"rules", {{"R03", {{"enabled", false}}}}}});
    CHECK(codes_of(right).empty());
    const auto with = [&](const json& changes) {
        auto out = right;
        out.update(changes);
        return out;
    };
    using Codes = std::vector<std::string>;
    CHECK(codes_of(with({{"confirmed_by", "o-1"}})) == Codes{"/confirmed_by confirmed_by_proposer"});
    CHECK(codes_of(with({{"officer_id", "hub"}, {"confirmed_by", "hub"}})).empty());
    CHECK(codes_of(with({{"valid_from", "2026-02-30"}})) == Codes{"/valid_from bad_day"});
    CHECK(codes_of(with({{"repair_days", 0}})) == Codes{"/repair_days number_out_of_range"});
    CHECK(codes_of(with({{"repair_rate_target", 1.5}})) == Codes{"/repair_rate_target number_out_of_range"});
    CHECK(codes_of(with({{"counties", {"610404"}}})) == Codes{"/counties wrong_type"});
    CHECK(codes_of(with({{"counties", {{"6104", json::object()}}}})) == Codes{"/counties/6104 bad_county"});
    CHECK(codes_of(with({{"counties", {{"610404", {{"repair_days", "20"}}}}}})) ==
          Codes{"/counties/610404/repair_days wrong_type"});
    CHECK(codes_of(with({{"rules", {{"R03", {{"parameters", {{"x", "y"}}}}}}}})) ==
          Codes{"/rules/R03/parameters/x wrong_type"});
    auto of_bridge = with({{"station_id", "B610400-01"}});
    CHECK(codes_of(of_bridge, "B610400-01") == Codes{"/schema kind_not_allowed"});
    auto alone = right;
    alone.erase("confirmed_by");
    CHECK(codes_of(alone) == Codes{"/confirmed_by member_missing"});
}
