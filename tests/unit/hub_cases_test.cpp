// The ledger of problems through the hub's commands, on both engines: numbers, refusals that leave no line, and that a
// rebuild and a copy have the same cases.
#include <catch2/catch.hpp>
#include <random>

#include "hub/calls/calls.hpp"
#include "hub/report/cases.hpp"
#include "journal/json.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;
using test::code_of;

namespace {

struct Ledger : test::TestHub {
    explicit Ledger(const std::string& store = {}) : TestHub(test::some_moment, store) {}

    json to_open(const std::string& county = "610402") {
        return {{"county", county},         {"problem", "没有一辆进站维修"},
                {"lead_unit", "transport"}, {"person", "zhao"},
                {"deadline", "2026-03-31"}, {"acceptance_unit", "ecology"},
                {"officer_id", "zhao"},     {"unit", "transport"}};
    }
    std::string opened(const json& of) {
        const auto answer = admin("case_open", of);
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        return journal::parsed(answer.body).at("case_no");
    }
    hub::Answer step(const std::string& no, const std::string& action, const std::string& officer,
                     const std::string& unit, json more = json::object()) {
        more.update({{"case_no", no}, {"action", action}, {"officer_id", officer}, {"unit", unit}});
        return admin("case_step", more);
    }
    json rows(json filter = json::object()) {
        filter["form"] = "json";
        return journal::parsed(admin("cases", filter).body).at("rows");
    }
    json story(const std::string& no) {
        return journal::parsed(admin("case_show", {{"case_no", no}, {"form", "json"}}).body);
    }
    std::uint64_t lines() { return hub->readers.now(hub::Scope::internal())->loop.chain(hub->id, hub->epoch)->last; }
};

}  // namespace

TEST_CASE("the hub counts cases by county and year, and one for the same is opened when it is asked for again") {
    Ledger l;
    CHECK(l.opened(l.to_open()) == "2026-610402-0001");
    CHECK(l.opened(l.to_open()) == "2026-610402-0002");
    CHECK(l.opened(l.to_open("610423")) == "2026-610423-0001");
    auto behind = l.to_open();
    behind["about"] = {{"county", "610402"}, {"from", "2025-12-01"}, {"to", "2026-02-28"}};
    const auto no = l.opened(behind);
    CHECK(no == "2026-610402-0003");
    CHECK(code_of(l.admin("case_open", behind)) == "409 case_exists");
    CHECK(l.admin("case_open", behind).members.at("case_no") == no);
    behind["about"]["to"] = "2026-01-31";
    CHECK(l.opened(behind) == "2026-610402-0004");
    behind["anyway"] = true;
    CHECK(l.opened(behind) == "2026-610402-0005");
    l.now = loop::parse_moment("2027-01-01T00:00:00+08:00").value();
    auto next_year = l.to_open();
    next_year["deadline"] = "2027-01-01";
    CHECK(l.opened(next_year) == "2027-610402-0001");
    CHECK(l.story(no).at("from") == "2025-12-01");
}

TEST_CASE("what is wrong with a case is said and leaves no line") {
    Ledger l;
    const auto no = l.opened(l.to_open());
    const auto before = l.lines();
    const auto open = [&](const json& changed) {
        auto of = l.to_open();
        of.update(changed);
        return code_of(l.admin("case_open", of));
    };
    CHECK(open({{"county", "999999"}}) == "422 county_unfit");
    CHECK(open({{"deadline", "2026-03-09"}}) == "422 deadline_past");
    CHECK(open({{"deadline", "31.3.2026"}}) == "422 bad_day");
    CHECK(open({{"problem", ""}}) == "422 member_missing");
    CHECK(open({{"person", nullptr}}) == "422 member_missing");
    CHECK(open({{"lead_unit", "army"}}) == "422 unit_unknown");
    CHECK(open({{"joint_units", {"police", "army"}}}) == "422 unit_unknown");
    CHECK(open({{"measures", json::array_t(51, "措施")}}) == "422 too_many_items");
    CHECK(open({{"about", json::object()}}) == "422 subject_missing");
    CHECK(open({{"evidence", {{{"record_id", test::record_id(1)}}}}}) == "422 evidence_unknown");
    CHECK(open({{"evidence", {{{"name", "a.pdf"}, {"bytes", 3}}}}}) == "422 subject_missing");
    CHECK(code_of(l.step("2026-610402-0009", "begin", "zhao", "transport")) == "404 case_not_found");
    CHECK(code_of(l.step("7", "begin", "zhao", "transport")) == "404 case_not_found");
    CHECK(code_of(l.step(no, "open", "zhao", "transport")) == "422 member_missing");
    CHECK(code_of(l.step(no, "object", "zhao", "transport")) == "409 case_unread");
    CHECK(code_of(l.step(no, "submit", "zhao", "transport")) == "409 case_state");
    CHECK(code_of(l.step(no, "begin", "zhao", "transport", {{"mark", "another"}})) == "412 someone_was_first");
    CHECK(l.lines() == before);
    CHECK(l.step(no, "begin", "zhao", "transport", {{"mark", l.story(no).at("mark")}}).status == 200);
    CHECK(l.lines() == before + 1);
}

TEST_CASE("who looked at a case before another hub wrote of it is told, and answered with what stands") {
    Ledger l;
    const auto no = l.opened(l.to_open());
    const auto looking = [&] {
        hub::Context c(*l.hub, hub::Scope::operator_(), {});
        c.reader();
        return c;
    };
    auto opens = looking(), begins = looking(), comments = looking();
    CHECK(l.opened(l.to_open()) == "2026-610402-0002");
    CHECK(code_of(hub::calls::case_open(opens, l.to_open())) == "409 case_no_taken");
    const json step{{"case_no", no}, {"officer_id", "gao"}, {"unit", "transport"}};
    const auto of = [&](const char* action) {
        auto out = step;
        out.update({{"action", action}, {"text", "看过现场"}});
        return out;
    };
    REQUIRE(l.step(no, "begin", "zhao", "transport").status == 200);
    REQUIRE(l.step(no, "submit", "zhao", "transport").status == 200);
    CHECK(code_of(hub::calls::case_step(begins, of("begin"))) == "409 case_state");
    const auto commented = hub::calls::case_step(comments, of("comment"));
    REQUIRE(commented.status == 200);
    CHECK(journal::parsed(commented.body).at("state") == "submitted");
    CHECK(l.story(no).at("steps").at(3).at("without_effect") == "case_state");
    CHECK(l.clean());
}

TEST_CASE("a case from its opening to its end, and what the list says on the way") {
    ON_BOTH_ENGINES;
    Ledger l(is_server ? place.url : "");
    const auto no = l.opened(l.to_open());
    const auto due = [&] { return l.rows({{"state", "all"}}).at(0).at("due"); };
    const auto on = [&](const char* day) { l.now = loop::start_of(loop::parse_day(day).value()) + 9 * 3'600'000; };
    CHECK(due() == "later");
    CHECK(l.rows()[0].at("days_left") == 21);
    on("2026-03-24");
    CHECK(due() == "soon");
    CHECK(l.rows({{"due", "soon"}}).size() == 1);
    on("2026-03-31");
    CHECK(due() == "today");
    CHECK(l.rows({{"due", "overdue"}}).empty());
    on("2026-04-01");
    CHECK(due() == "overdue");
    CHECK(l.rows()[0].at("days_left") == -1);
    CHECK(l.rows({{"due", "overdue"}}).size() == 1);
    CHECK(l.rows({{"due", "soon"}}).empty());
    on("2026-04-07");
    CHECK(due() == "overdue");
    on("2026-04-08");
    CHECK(due() == "escalated");
    CHECK(l.rows({{"due", "overdue"}}).size() == 1);

    REQUIRE(l.step(no, "begin", "gao", "transport").status == 200);
    REQUIRE(l.step(no, "hand_over", "zhao", "transport", {{"to_department", "police"}, {"step", "given"}}).status ==
            200);
    CHECK(code_of(l.step(no, "hand_over", "liu", "police", {{"to_department", "police"}, {"step", "done"}})) ==
          "422 member_missing");
    REQUIRE(l.step(no, "hand_over", "liu", "police", {{"to_department", "police"}, {"step", "received"}}).status ==
            200);
    REQUIRE(l.step(no, "hand_over", "liu", "police",
                   {{"to_department", "police"}, {"step", "done"}, {"text", "已处罚三辆"}})
                .status == 200);
    CHECK(code_of(l.step(no, "submit", "gao", "transport")) == "409 not_responsible");
    REQUIRE(l.step(no, "submit", "zhao", "transport",
                   {{"evidence", {{{"name", "整改报告.pdf"}, {"bytes", 3}, {"sha256", std::string(64, 'a')}}}}})
                .status == 200);
    CHECK(due() == "late");
    CHECK(l.rows()[0].at("days_left").is_null());
    CHECK(code_of(l.step(no, "accept", "zhao", "ecology")) == "409 accepted_by_doer");
    CHECK(code_of(l.step(no, "accept", "gao", "ecology")) == "409 accepted_by_doer");
    CHECK(code_of(l.step(no, "accept", "wei", "transport")) == "409 not_acceptance_unit");
    CHECK(code_of(l.step(no, "return", "wei", "ecology")) == "422 member_missing");
    REQUIRE(l.step(no, "return", "wei", "ecology", {{"text", "还缺复检结果"}, {"deadline", "2026-04-30"}}).status ==
            200);
    CHECK(due() == "later");
    REQUIRE(l.step(no, "submit", "zhao", "transport").status == 200);
    CHECK(due() == "in_time");
    REQUIRE(l.step(no, "accept", "wei", "ecology").status == 200);
    CHECK(code_of(l.step(no, "close", "wei", "ecology")) == "409 case_state");
    REQUIRE(l.step(no, "publish", "wei", "ecology").status == 200);
    CHECK(code_of(l.step(no, "close", "zhao", "transport")) == "409 not_acceptance_unit");
    REQUIRE(l.step(no, "close", "wei", "ecology").status == 200);
    CHECK(l.rows().empty());
    REQUIRE(l.step(no, "reopen", "zhao", "transport", {{"text", "又有不合格"}, {"deadline", "2026-05-31"}}).status ==
            200);

    const auto story = l.story(no);
    std::vector<std::string> steps;
    for (const auto& one : story.at("steps")) {
        steps.push_back(one.at("action"));
        CHECK_FALSE(one.contains("without_effect"));
    }
    CHECK(steps == std::vector<std::string>{"open", "begin", "hand_over", "hand_over", "hand_over", "submit", "return",
                                            "submit", "accept", "publish", "close", "reopen"});
    CHECK(story.at("state") == "rectifying");
    CHECK(story.at("deadline") == "2026-05-31");
    CHECK(story.at("hand_overs").at(0).at("step") == "done");
    CHECK(story.at("steps").at(5).at("evidence").at(0).at("name") == "整改报告.pdf");
    CHECK(l.admin("case_show", {{"case_no", no}}).body.find("已处罚三辆") != std::string::npos);
    CHECK(l.clean());
    l.reopen();
    CHECK(l.story(no) == story);
}

TEST_CASE("steps at random: one line each that has effect, none of those that are refused; rebuilt and copied alike") {
    ON_BOTH_ENGINES;
    Ledger l(is_server ? place.url : "");
    constexpr const char* actions[] = {"begin",  "assign", "evidence", "comment", "hand_over", "submit", "submit",
                                       "return", "accept", "accept",   "publish", "close",     "reopen"};
    constexpr const char* people[] = {"zhao", "gao", "wei"};
    constexpr const char* units[] = {"transport", "ecology", "police"};
    constexpr const char* hand_over_steps[] = {"given", "received", "returned", "done"};
    std::mt19937 random(20260310);
    const auto pick = [&](const auto& of) { return of[random() % std::size(of)]; };
    std::vector<std::string> cases;
    for (const auto* county : {"610402", "610402", "610423"}) cases.push_back(l.opened(l.to_open(county)));
    std::set<std::string> reached, refused;
    for (int n = 0; n < 250; ++n) {
        const std::string action = pick(actions);
        json more{{"text", "看过现场"}};
        if (action == "assign") more["person"] = pick(people);
        if (action == "evidence") more["evidence"] = {{{"flag_id", "R03-1f2e3d4c5b6a7980"}}};
        if (action == "hand_over") more.update({{"to_department", pick(units)}, {"step", pick(hand_over_steps)}});
        l.now += 60'000;
        const auto before = l.lines();
        const auto answer = l.step(cases[random() % cases.size()], action, pick(people), pick(units), more);
        INFO(action << " " << answer.body);
        if (answer.status == 200)
            reached.insert(journal::parsed(answer.body).at("state").get<std::string>());
        else
            refused.insert(code_of(answer));
        REQUIRE((answer.status == 200 || answer.status == 409));
        REQUIRE(l.lines() == before + (answer.status == 200 ? 1 : 0));
    }
    CHECK(reached.size() == 6);
    CHECK(refused.size() >= 5);
    for (const auto& no : cases) CHECK(l.story(no).dump().find("without_effect") == std::string::npos);

    const auto all = l.rows({{"state", "all"}});
    CHECK(l.clean());
    CHECK(journal::parsed(l.admin("rebuild").body).at("same") == true);
    CHECK(l.rows({{"state", "all"}}) == all);
    const test::TempDir out;
    const auto exported = journal::parsed(l.admin("export", {{"path", out.path().string()}}).body);
    Ledger copy;
    copy.now = l.now.load();
    REQUIRE(copy.admin("import", {{"path", out.path().string()}, {"restore", {exported.at("kid")}}}).status == 200);
    CHECK(copy.rows({{"state", "all"}}) == all);
    for (const auto& no : cases) CHECK(copy.story(no) == l.story(no));
    CHECK(copy.clean());
}
