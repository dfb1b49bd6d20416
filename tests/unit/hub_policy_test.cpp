// The policy of a hub: what it begins with, what officers change, and that a copy counts as the hub does.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"
#include "service/files.hpp"
#include "sqlite/sqlite.hpp"
#include "tests/support/hub.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;
using test::record_id;

namespace {

struct Hub : test::TestHub {
    using TestHub::TestHub;
    json words(const std::string& on) {
        return journal::parsed(admin("policy_show", {{"on", on}, {"form", "json"}}).body).at("words");
    }
    std::vector<std::string> states() {
        std::vector<std::string> out;
        const auto history = journal::parsed(admin("policy_history", {{"form", "json"}}).body);
        for (const auto& row : history.at("rows"))
            out.push_back(row.at("valid_from").get<std::string>() + " " + row.at("state").get<std::string>());
        return out;
    }
    json propose(const json& values, const std::string& valid_from) {
        const auto answer = admin(
            "policy_set", {{"officer_id", "魏岚"}, {"valid_from", valid_from}, {"values", values}, {"form", "json"}});
        INFO(answer.body);
        REQUIRE(answer.status == 200);
        return journal::parsed(answer.body);
    }
    hub::Answer confirm(const json& proposal, const std::string& officer = "孟佳") {
        return admin("policy_confirm", {{"id", proposal.at("id")}, {"officer_id", officer}});
    }
    std::size_t proposals() {
        return journal::parsed(admin("policy_proposals", {{"form", "json"}}).body).at("rows").size();
    }
    /// Rows of all counties, without the places in the hub's own log.
    json figures(const std::string& to, const std::string& as_of) {
        return journal::parsed(
                   admin(
                       "report",
                       {{"report", "counties"}, {"from", "2026-01-01"}, {"to", to}, {"as_of", as_of}, {"form", "json"}})
                       .body)
            .at("rows");
    }
    void go_to(const char* day) { now = loop::start_of(loop::parse_day(day).value()) + 10 * 3'600'000; }
};

json of_county(const json& rows, const std::string& county) {
    for (const auto& row : rows)
        if (row.at("county") == county) return row;
    return {};
}

}  // namespace

TEST_CASE("a hub begins with one line of what is built in, and the file beside it where there is one") {
    Hub hub;
    const auto first = hub.words("2026-03-10");
    CHECK(first["repair_days"] == 30);
    CHECK(first["counties"].size() == 17);
    CHECK(hub.states() == std::vector<std::string>{"1990-01-01 in_force"});

    const test::TempDir folder;
    service::make_folder(folder.path());
    service::replace_file(folder.path() / "policy.json",
                          R"({"source": "市局", "repair_days": 20, "counties": ["610404", "610423"]})");
    const auto now = hub.now.load();
    hub::Hub::init(folder.path(), "H610400-02", "另一个", {"localhost"}, now);
    service::replace_file(folder.path() / "policy.json", "no longer read");
    hub.hub.emplace(hub::HubOptions{folder.path(), [now] { return now; }, 2});
    CHECK(hub.words("2026-03-10")["repair_days"] == 20);
    CHECK(hub.words("2026-03-10")["counties"] == json{{"610404", json::object()}, {"610423", json::object()}});
    CHECK(hub.words("2026-03-10")["retest_days"] == 15);
}

TEST_CASE("one officer proposes, another confirms, and what is past stands") {
    Hub hub;
    const auto proposal =
        hub.propose({{{"repair_days"}, 20}, {{"counties", "610404", "retest_days"}, 10}}, "2026-03-11");
    REQUIRE(proposal["rows"].size() == 2);
    CHECK(proposal["rows"][0]["member"] == "counties.610404");
    CHECK(proposal["rows"][1]["member"] == "repair_days");
    CHECK(proposal["rows"][1]["before"] == "30");
    CHECK(proposal["rows"][1]["after"] == "20");
    CHECK(hub.proposals() == 2);
    CHECK(hub.states().size() == 1);
    CHECK(test::code_of(hub.confirm(proposal, "魏岚")) == "422 confirmed_by_proposer");
    CHECK(test::code_of(hub.confirm({{"id", record_id(1)}})) == "404 proposal_not_found");
    REQUIRE(hub.confirm(proposal).status == 200);
    CHECK(test::code_of(hub.confirm(proposal)) == "404 proposal_not_found");
    CHECK(hub.proposals() == 0);
    CHECK(hub.states() == std::vector<std::string>{"2026-03-11 scheduled", "1990-01-01 in_force"});
    CHECK(hub.words("2026-03-10")["repair_days"] == 30);
    CHECK(hub.words("2026-03-11")["repair_days"] == 20);

    // A county keeps what a later line leaves alone.
    REQUIRE(hub.confirm(hub.propose({{{"counties", "610404", "repair_days"}, 25}}, "2026-03-12")).status == 200);
    CHECK(hub.words("2026-03-12")["counties"]["610404"] == json{{"repair_days", 25}, {"retest_days", 10}});
    CHECK(hub.clean());
}

TEST_CASE("what a proposal is refused for, and how it ends") {
    Hub hub;
    const auto code = [&](const json& values, const std::string& valid_from = "2026-03-11",
                          const std::string& officer = "魏岚") {
        return test::code_of(
            hub.admin("policy_set", {{"officer_id", officer}, {"valid_from", valid_from}, {"values", values}}));
    };
    CHECK(code({{{"repair_days"}, 20}}, "2026-03-09") == "422 policy_dated_back");
    CHECK(code({{{"repair_days"}, 20}}, "2026-03-32") == "400 bad_day");
    CHECK(code({{{"repair_days"}, 20}}, "2026-03-11", "hub") == "422 unknown_officer");
    CHECK(code({{{"repair_days"}, 30}}) == "409 nothing_changed");
    CHECK(code({{{"repair_days"}, 0}}) == "422 number_out_of_range");
    CHECK(code({{{"repair_day"}, 20}}) == "422 unknown_member");
    CHECK(code({{{"counties", "610404", "hold_minutes"}, 20}}) == "422 unknown_member");
    CHECK(code({{{"rules", "R03", "enable"}, false}}) == "422 unknown_member");
    CHECK(code({{{"rules", "R99", "enabled"}, false}}) == "422 bad_parameters");
    CHECK(code({{{"rules", "R04", "parameters", "minutes"}, 1}}) == "422 bad_parameters");
    CHECK(hub.proposals() == 0);

    const auto old = hub.propose({{{"repair_days"}, 20}}, "2026-03-11");
    const auto list = hub.propose({{{"counties", "610423"}, nullptr}}, "2026-03-12");
    CHECK(list["confirm_on"] == "2026-03-12");
    CHECK(test::code_of(hub.confirm(list)) == "409 confirm_on_its_day");
    hub.go_to("2026-03-12");
    CHECK(test::code_of(hub.confirm(old)) == "422 policy_dated_back");
    CHECK(hub.confirm(list).status == 200);
    CHECK(hub.admin("policy_drop", {{"id", old["id"]}}).status == 200);
    CHECK(test::code_of(hub.admin("policy_drop", {{"id", old["id"]}})) == "404 proposal_not_found");
    CHECK_FALSE(hub.words("2026-03-12")["counties"].contains("610423"));
    CHECK(hub.states() == std::vector<std::string>{"2026-03-12 in_force", "1990-01-01 in_force"});
}

TEST_CASE("an officer's id may have 64 characters") {
    Hub hub;
    const json values{{{"repair_days"}, 20}};
    const auto set = hub.admin(
        "policy_set", {{"officer_id", std::string(64, 'o')}, {"valid_from", "2026-03-11"}, {"values", values}});
    INFO(set.body);
    CHECK(set.status == 200);
    CHECK(hub.proposals() == 1);
}

TEST_CASE("a proposal takes nothing back that was confirmed after it was made") {
    Hub hub;
    const auto county = [&] { return hub.words("2026-03-12")["counties"]["610404"]; };
    const auto one = hub.propose({{{"counties", "610404", "repair_days"}, 25}}, "2026-03-12");
    const auto other = hub.propose({{{"counties", "610404", "retest_days"}, 10}}, "2026-03-12");
    const auto elsewhere = hub.propose({{{"counties", "610423", "retest_days"}, 10}}, "2026-03-12");
    REQUIRE(hub.confirm(one).status == 200);
    CHECK(test::code_of(hub.confirm(other)) == "409 policy_changed");
    CHECK(hub.confirm(elsewhere).status == 200);
    CHECK(county() == json{{"repair_days", 25}});
    REQUIRE(hub.admin("policy_drop", {{"id", other["id"]}}).status == 200);
    REQUIRE(hub.confirm(hub.propose({{{"counties", "610404", "retest_days"}, 10}}, "2026-03-12")).status == 200);
    CHECK(county() == json{{"repair_days", 25}, {"retest_days", 10}});

    const auto off = hub.propose({{{"rules", "R03", "enabled"}, false}}, "2026-03-12");
    const auto wide = hub.propose({{{"rules", "R03", "parameters", "lambda_difference_max"}, 0.08}}, "2026-03-12");
    const auto none = hub.propose({{{"rules"}, nullptr}, {{"repair_days"}, 20}}, "2026-03-12");
    REQUIRE(hub.confirm(off).status == 200);
    CHECK(test::code_of(hub.confirm(wide)) == "409 policy_changed");
    CHECK(test::code_of(hub.confirm(none)) == "409 policy_changed");
    CHECK(hub.words("2026-03-12")["rules"] == json{{"R03", {{"enabled", false}}}});
}

TEST_CASE("a county that a later line names is taken out on that line's day, not before") {
    Hub hub;
    const json removal{{{"counties", "610404"}, nullptr}};
    REQUIRE(hub.confirm(hub.propose({{{"counties", "610404", "repair_days"}, 25}}, "2026-03-20")).status == 200);
    hub.go_to("2026-03-12");
    CHECK(test::code_of(hub.confirm(hub.propose(removal, "2026-03-12"))) == "409 county_named_later");
    REQUIRE(hub.confirm(hub.propose({{{"counties", "610423"}, nullptr}}, "2026-03-12")).status == 200);
    hub.go_to("2026-03-20");
    REQUIRE(hub.confirm(hub.propose(removal, "2026-03-20")).status == 200);
    CHECK_FALSE(hub.words("2026-03-20")["counties"].contains("610404"));
    CHECK(hub.clean());
}

TEST_CASE("figures of a copy are the hub's own, with the policy of each day") {
    Hub hub(loop::parse_moment("2026-03-01T10:00:00+08:00").value());
    test::Source station("I610404-01");
    station.join(hub);
    const auto fails = [&](int n, const std::string& on) {
        auto record = test::inspection(n, "I610404-01", on + "T09:00:00+08:00", "fail");
        record["vehicle"] = {{"plate", "陕D1" + std::to_string(1000 + n)}, {"plate_kind", "02"}};
        hub.now += 60'000;
        REQUIRE(station.send(hub, {record}) == std::vector<std::string>{"accepted"});
    };
    fails(1, "2026-02-20");
    fails(2, "2026-03-01");
    REQUIRE(hub.confirm(hub.propose({{{"repair_days"}, 10}}, "2026-03-01")).status == 200);
    REQUIRE(hub.confirm(hub.propose({{{"counties", "610404", "repair_days"}, 5}, {{"repair_rate_target"}, 0.5}},
                                    "2026-03-05"))
                .status == 200);
    fails(3, "2026-03-02");
    hub.go_to("2026-03-07");
    fails(4, "2026-03-06");
    const auto overdue = [&](const char* as_of) {
        return of_county(hub.figures("2026-03-31", as_of), "610404")["non_return_not_repaired"].get<int>();
    };
    hub.go_to("2026-06-01");
    CHECK(overdue("2026-03-11") == 0);
    CHECK(overdue("2026-03-12") == 2);  // of 1 March by 10 days, of the 6th by 5
    CHECK(overdue("2026-03-13") == 3);
    CHECK(overdue("2026-03-22") == 3);
    CHECK(overdue("2026-03-23") == 4);  // of 20 February by 30
    const auto before = hub.figures("2026-03-31", "2026-05-01");
    CHECK(hub.clean());
    CHECK(journal::parsed(hub.admin("rebuild").body)["same"] == true);

    const test::TempDir out;
    const auto exported = journal::parsed(hub.admin("export", {{"path", out.path().string()}}).body);
    Hub copy(hub.now);
    REQUIRE(copy.admin("import", {{"path", out.path().string()}, {"restore", {exported["kid"]}}}).status == 200);
    CHECK(copy.figures("2026-03-31", "2026-05-01") == before);
    CHECK(copy.states() == std::vector<std::string>{"2026-03-05 in_force", "2026-03-01 in_force",
                                                    "1990-01-01 policy_dated_back", "1990-01-01 in_force"});
    CHECK(copy.clean());
}

TEST_CASE("rules of the policy hold for all years from their day on: the watch begins anew") {
    Hub hub;
    test::Source station("I610404-01");
    station.join(hub);
    auto quick = test::inspection(1, "I610404-01", "2026-03-09T09:00:00+08:00", "pass");
    REQUIRE(station.send(hub, {quick}) == std::vector<std::string>{"accepted"});
    const auto flags = [&] {
        return journal::parsed(
                   hub.admin("suspects", {{"list", "flags"}, {"rule", "R04"}, {"form", "json"}}).body)["rows"]
            .size();
    };
    REQUIRE(flags() == 1);
    REQUIRE(hub.confirm(hub.propose({{{"rules", "R04", "enabled"}, false}}, "2026-03-11")).status == 200);
    CHECK(flags() == 1);
    hub.go_to("2026-03-11");
    CHECK(flags() == 0);
    CHECK(hub.clean());
    hub.reopen();
    CHECK(flags() == 0);
}

TEST_CASE("a policy that asks the rules the same leaves what is watched as it is") {
    Hub hub;
    test::Source station("I610404-01");
    station.join(hub);
    const auto quick = test::inspection(1, "I610404-01", "2026-03-09T09:00:00+08:00", "pass");
    REQUIRE(station.send(hub, {quick}) == std::vector<std::string>{"accepted"});
    const auto flags = [&] {
        return journal::parsed(hub.admin("suspects", {{"rule", "R04"}, {"form", "json"}}).body)["rows"];
    };
    const auto before = flags();
    REQUIRE(before.size() == 1);
    // Who begins anew clears all tables of such names.
    const auto watch = hub.data / "hub.watch.sqlite";
    sqlite::Database(watch).execute("CREATE TABLE watch_other (key BLOB); INSERT INTO watch_other VALUES (x'00')");
    REQUIRE(hub.confirm(hub.propose({{{"rules", "R04", "enabled"}, true}}, "2026-03-11")).status == 200);
    hub.go_to("2026-03-11");
    CHECK(flags() == before);
    hub.reopen();
    CHECK(flags() == before);
    sqlite::Database database(watch);
    auto rows = database.prepare("SELECT COUNT(*) FROM watch_other");
    REQUIRE(rows.step());
    CHECK(rows.integer(0) == 1);
}
