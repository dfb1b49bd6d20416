#include <catch2/catch.hpp>

#include "journal/json.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;
using test::record_id;

namespace {

constexpr const char* day2 = "2026-03-02T09:00:00+08:00";
constexpr const char* day3 = "2026-03-03T09:00:00+08:00";
constexpr const char* day4 = "2026-03-04T09:00:00+08:00";
constexpr const char* day5 = "2026-03-05T09:00:00+08:00";

/// An inspection station, two shops of its county and one of another.
struct Loop {
    test::TestHub hub;
    test::Source i{"I610404-01"}, near_{"M610404-03"}, rival{"M610404-04"}, far_{"M610428-01"};
    Loop() {
        for (auto* s : {&i, &near_, &rival, &far_}) s->join(hub);
    }
    json ask(const test::Source& who, const std::string& cursor = "", std::size_t limit = 50) {
        const auto answer = hub.get(who.caller(), "work-orders?limit=" + std::to_string(limit) + "&cursor=" + cursor);
        REQUIRE(answer.status == 200);
        return journal::parsed(answer.body);
    }
    /// `list state` of each item.
    std::vector<std::string> seen(const test::Source& who, const std::string& cursor = "") {
        std::vector<std::string> out;
        const auto list = ask(who, cursor);
        for (const auto& item : list["items"])
            out.push_back(item["list"].get<std::string>() + " " + item["state"].get<std::string>());
        return out;
    }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a failed vehicle stands in the list of its county's shops with what the mechanic needs") {
    Loop l;
    l.i.send(l.hub, {test::inspection(1, "I610404-01", day2, "fail")});
    const auto items = l.ask(l.near_)["items"];
    REQUIRE(items.size() == 1);
    const auto& order = items[0];
    CHECK(order["fail_record_id"] == record_id(1));
    CHECK(order["list"] == "county");
    CHECK(order["state"] == "open");
    CHECK(order["due"] == "2026-04-01");
    CHECK(order["failed_items"] == json{"co/idle"});
    CHECK(order["readings"][0]["value"] == 1.4);
    CHECK(order["vehicle"]["plate"] == "陕D0T001");
    CHECK(order["report_no"] == "R1");
    CHECK(order["station_name"] == "I610404-01");
    CHECK(order["repaired"] == false);
    CHECK(l.seen(l.far_).empty());
    CHECK(l.seen(l.i) == Lines{"own open"});
}

TEST_CASE("what a shop takes in is its own until it gives it back") {
    Loop l;
    l.i.send(l.hub, {test::inspection(1, "I610404-01", day2, "fail")});
    const std::string cursor = l.ask(l.rival)["next"];
    CHECK(l.near_.send(l.hub, {test::claim(2, "M610404-03", day3, record_id(1), "take_in")}) == Lines{"accepted"});
    CHECK(l.seen(l.near_) == Lines{"here open"});
    CHECK(l.seen(l.rival).empty());
    CHECK(l.seen(l.rival, cursor) == Lines{"elsewhere elsewhere"});
    CHECK_FALSE(l.ask(l.rival, cursor)["items"][0].contains("vehicle"));
    l.near_.send(l.hub, {test::claim(3, "M610404-03", day4, record_id(1), "give_back")});
    CHECK(l.seen(l.near_) == Lines{"county open"});
    CHECK(l.seen(l.rival) == Lines{"county open"});
}

TEST_CASE("a claim that is voided or replaced counts no more, in whatever order the lines come, and after a restart") {
    const json failure = test::inspection(1, "I610404-01", day2, "fail");
    const json taken = test::claim(2, "M610404-03", day3, record_id(1), "take_in");
    const json voided = test::voiding(3, "M610404-03", day4, record_id(2));
    json given = voided;
    given.update({{"record_id", record_id(4)}, {"occurred_at", day5}, {"action", "replace"}, {"replacement", taken}});
    given["replacement"]["action"] = "choose";
    const auto by_shop = [](std::vector<json> lines, const char* expected, const char* to_rival) {
        std::ranges::sort(lines, {}, [](const json& r) { return r["record_id"].get<std::string>(); });
        do {
            Loop l;
            for (const auto& line : lines)
                CHECK((line["station_id"] == "I610404-01" ? l.i : l.near_).send(l.hub, {line}) == Lines{"accepted"});
            CHECK(l.seen(l.near_) == Lines{expected});
            CHECK(l.seen(l.rival) == (*to_rival == 0 ? Lines{} : Lines{to_rival}));
            l.hub.reopen();
            CHECK(l.seen(l.near_) == Lines{expected});
        } while (std::ranges::next_permutation(lines, {}, [](const json& r) {
                     return r["record_id"].get<std::string>();
                 }).found);
    };
    by_shop({failure, taken}, "here open", "");
    by_shop({failure, taken, voided}, "county open", "county open");
    by_shop({failure, taken, voided, given}, "chosen open", "");
}

TEST_CASE("a shop that voids its taking in gives the vehicle back to the one that held it before") {
    Loop l;
    l.i.send(l.hub, {test::inspection(1, "I610404-01", day2, "fail")});
    l.rival.send(l.hub, {test::claim(2, "M610404-04", day3, record_id(1), "take_in")});
    l.near_.send(l.hub, {test::claim(3, "M610404-03", day4, record_id(1), "take_in")});
    CHECK(l.seen(l.rival).empty());
    const std::string cursor = l.ask(l.rival)["next"];
    l.near_.send(l.hub, {test::voiding(4, "M610404-03", day5, record_id(3))});
    CHECK(l.seen(l.rival, cursor) == Lines{"here open"});
    CHECK(l.seen(l.near_).empty());
}

TEST_CASE("an owner's choice goes to the chosen shop, in another county too; a claim may come before the failure") {
    Loop l;
    auto choice = test::claim(2, "I610404-01", day3, record_id(1), "choose");
    choice["chosen_station_id"] = "M610428-01";
    l.i.send(l.hub, {choice, test::inspection(1, "I610404-01", day2, "fail")});
    CHECK(l.seen(l.far_) == Lines{"chosen open"});
    CHECK(l.seen(l.near_).empty());
}

TEST_CASE("a shop sees how its repair ended, by the cursor too; nothing new is 304") {
    Loop l;
    l.i.send(l.hub, {test::inspection(1, "I610404-01", day2, "fail")});
    l.near_.send(l.hub, {test::repair(2, "M610404-03", day3)});
    auto list = l.ask(l.near_);
    CHECK(list["items"][0]["repaired"] == true);
    CHECK(list["items"][0]["repairs"][0]["counts"] == true);
    CHECK(l.seen(l.near_) == Lines{"here open"});
    const std::string cursor = list["next"];
    CHECK(l.seen(l.near_, cursor).empty());
    const auto first = l.hub.get(l.near_.caller(), "work-orders?cursor=" + cursor);
    const auto tag = first.headers.at(0).second;
    CHECK(l.hub.get(l.near_.caller(), "work-orders?cursor=" + cursor, tag).status == 304);
    l.i.send(l.hub, {test::inspection(4, "I610404-01", day4, "fail", "retest")});
    CHECK(l.hub.get(l.near_.caller(), "work-orders?cursor=" + cursor, tag).status == 200);
    const auto again = l.ask(l.near_, cursor)["items"][0];
    CHECK(again["failures"] == 2);
    CHECK(again["repaired"] == false);
    CHECK(again["fail_record_id"] == record_id(4));
    l.i.send(l.hub, {test::inspection(5, "I610404-01", day5, "pass", "retest")});
    CHECK(l.ask(l.near_, cursor)["items"][0]["outcome"] == "closed_unrepaired");
    CHECK(l.seen(l.near_) == Lines{"here closed"});
    CHECK(l.seen(l.rival).empty());
}

TEST_CASE("a voided failure is withdrawn from the lists") {
    Loop l;
    l.i.send(l.hub, {test::inspection(1, "I610404-01", day2, "fail")});
    const std::string cursor = l.ask(l.near_)["next"];
    l.i.send(l.hub, {test::voiding(2, "I610404-01", day3, record_id(1))});
    CHECK(l.seen(l.near_, cursor) == Lines{"county withdrawn"});
    CHECK(l.seen(l.near_).empty());
}

TEST_CASE("pages of a list give every item once; a place of an earlier start still holds") {
    Loop l;
    std::vector<json> failures;
    for (int n = 1; n <= 7; ++n) {
        auto r = test::inspection(n, "I610404-01", day2, "fail");
        r["vehicle"] = {{"plate", "陕D0T10" + std::to_string(n)}, {"plate_kind", "02"}};
        failures.push_back(r);
    }
    l.i.send(l.hub, failures);
    std::set<std::string> episodes;
    std::string cursor;
    for (bool more = true; more;) {
        const auto page = l.ask(l.near_, cursor, 3);
        for (const auto& item : page["items"]) CHECK(episodes.insert(item["episode"]).second);
        cursor = page["next"];
        more = page["more"];
    }
    CHECK(episodes.size() == 7);
    l.hub.reopen();
    const auto after = l.ask(l.near_, cursor);
    CHECK(after["whole"] == false);
    CHECK(after["items"].empty());
    CHECK(after["next"] == cursor);
}

TEST_CASE("a cursor of before a rebuild begins anew too") {
    Loop l;
    l.i.send(l.hub, {test::inspection(1, "I610404-01", day2, "fail")});
    const std::string cursor = l.ask(l.near_)["next"];
    REQUIRE(l.hub.admin("rebuild").status == 200);
    const auto after = l.ask(l.near_, cursor);
    CHECK(after["whole"] == true);
    CHECK(after["items"].size() == 1);
}

TEST_CASE("work orders after a restart are those before it") {
    Loop l;
    l.i.send(l.hub, {test::inspection(1, "I610404-01", day2, "fail")});
    l.near_.send(l.hub, {test::claim(2, "M610404-03", day3, record_id(1), "take_in")});
    auto before = l.ask(l.near_)["items"];
    l.hub.reopen();
    auto after = l.ask(l.near_)["items"];
    for (auto* items : {&before, &after})
        for (auto& item : *items) item.erase("changed");
    CHECK(before == after);
}

TEST_CASE("outcomes name what was rejected, corrected, or has no effect, and only one's own") {
    Loop l;
    auto wrong = test::inspection(1, "I610404-01", day2, "pass");
    wrong["readings"][0]["value"] = 0.9;
    l.i.send(l.hub,
             {wrong, test::inspection(2, "I610404-01", day2, "fail"),
              test::voiding(3, "I610404-01", day3, record_id(2)), test::voiding(4, "I610404-01", day3, record_id(99))});
    const auto answer = l.hub.get(l.i.caller(), "outcomes");
    const auto items = journal::parsed(answer.body)["items"];
    REQUIRE(items.size() == 3);
    CHECK(items[0]["status"] == "rejected");
    CHECK(items[0]["problems"][0]["code"] == "verdict_contradicts_readings");
    CHECK(items[1]["status"] == "corrected");
    CHECK(items[1]["corrected_by"] == record_id(3));
    CHECK(items[2]["status"] == "without_effect");
    CHECK(items[2]["code"] == "corrected_record_unknown");
    CHECK(l.hub.get(l.i.caller(), "outcomes", answer.headers.at(0).second).status == 304);
    const auto next = journal::parsed(answer.body)["next"].get<std::string>();
    CHECK(journal::parsed(l.hub.get(l.i.caller(), "outcomes?after=" + next).body)["items"].empty());
    CHECK(journal::parsed(l.hub.get(l.near_.caller(), "outcomes").body)["items"].empty());
}

TEST_CASE("a bridge's feed holds the accepted records of its scope with the state of the vehicle") {
    Loop l;
    test::Source bridge{"B610400-01"};
    bridge.join(l.hub, {{"writes_for", {"610404"}}});
    l.i.send(l.hub, {test::inspection(1, "I610404-01", day2, "fail")});
    auto elsewhere = test::repair(2, "M610428-01", day3);
    elsewhere["vehicle"]["plate"] = "陕D0T002";
    l.far_.send(l.hub, {elsewhere});
    l.near_.send(l.hub, {test::repair(3, "M610404-03", day3)});
    const auto answer = l.hub.get(bridge.caller(), "feed");
    std::vector<json> items;
    std::istringstream lines(answer.body);
    for (std::string line; std::getline(lines, line);) items.push_back(journal::parsed(line));
    items.erase(std::remove_if(items.begin(), items.end(), [](const json& i) { return i["source"] == "H610400-01"; }),
                items.end());
    REQUIRE(items.size() == 2);
    CHECK(items[0]["record"]["report_no"] == "R1");
    CHECK(items[0]["episode"]["episode_id"] == record_id(1));
    CHECK(items[1]["record"]["work_order_no"] == "W3");
    const auto next = answer.headers.at(0).second;
    CHECK(l.hub.get(bridge.caller(), "feed?after=" + next).body.empty());
    CHECK(test::code_of(l.hub.get(l.i.caller(), "feed")) == "403 kind_not_allowed");
}

TEST_CASE("a station's place and phone are looked up by its id, and stay when it is suspended or described again") {
    Loop l;
    const auto of = [&](const char* query) {
        return journal::parsed(l.hub.get(l.i.caller(), std::string("stations?") + query).body)["items"];
    };
    const json here{{"lat", 34.361}, {"lon", 108.737}};
    REQUIRE(
        l.hub.admin("station_describe", {{"id", "M610404-03"}, {"phone", "029-00001803"}, {"location", here}}).status ==
        200);
    REQUIRE(l.hub.admin("station_describe", {{"id", "M610404-03"}, {"business_class", "二类"}}).status == 200);
    REQUIRE(of("id=M610404-03").size() == 1);
    const auto shop = of("id=M610404-03")[0];
    CHECK(shop["location"] == here);
    CHECK(shop["phone"] == "029-00001803");
    CHECK(shop["business_class"] == "二类");
    CHECK(of("id=M610404-99").empty());
    CHECK(test::code_of(l.hub.admin("station_describe", {{"id", "M610404-99"}})) == "404 station_not_found");
    CHECK(l.hub.admin("station_describe", {{"id", "M610404-03"}, {"location", "here"}}).status != 200);
    REQUIRE(l.hub.admin("station_status", {{"id", "M610404-03"}, {"status", "suspended"}}).status == 200);
    CHECK(of("id=M610404-03").empty());
    REQUIRE(l.hub.admin("station_status", {{"id", "M610404-03"}, {"status", "filed"}}).status == 200);
    CHECK(of("id=M610404-03")[0]["location"] == here);
}

TEST_CASE("the list says what the policy asks of a finished repair") {
    Loop l;
    CHECK(l.ask(l.near_)["repair_required_members"] == json::array());
    REQUIRE(l.hub.set_policy({{"repair_required_members", {"certificate_no"}}}).status == 200);
    CHECK(l.ask(l.near_)["repair_required_members"] == json{"certificate_no"});
}

TEST_CASE("a station has its deadlines from the hub: work orders and the register carry those of its county") {
    Loop l;
    const auto register_of = [&](const auto& station) {
        return journal::parsed(l.hub.get(station.caller(), "stations?kind=M").body)["policy"];
    };
    CHECK(l.ask(l.i)["policy"] == json{{"repair_days", 30}, {"retest_days", 15}, {"valid_from", "1990-01-01"}});
    const auto today = loop::format_day(loop::day_of(l.hub.now));
    REQUIRE(l.hub.set_policy({{"repair_days", 20}, {"counties", {{"610404", {{"retest_days", 10}}}}}}).status == 200);
    const json here{{"repair_days", 20}, {"retest_days", 10}, {"valid_from", today}};
    CHECK(l.ask(l.near_)["policy"] == here);
    CHECK(register_of(l.i) == here);
    CHECK(l.ask(l.far_)["policy"] == json{{"repair_days", 20}, {"retest_days", 15}, {"valid_from", today}});
}
