#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "journal/json.hpp"
#include "service/files.hpp"
#include "sqlite/sqlite.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;
using test::record_id;

namespace {

constexpr const char* morning = "2026-03-09T09:00:00+08:00";

/// An inspection station whose tests take no time at all, which R04 says strongly.
struct Fast {
    test::TestHub hub{loop::parse_moment("2026-03-09T09:05:00+08:00").value()};
    test::Source i{"I610404-01"};
    Fast() {
        i.join(hub);
        i.send(hub, {test::inspection(1, "I610404-01", morning, "pass")});
    }
    json flags(const json& filters = json::object()) {
        json body{{"list", "flags"}, {"form", "json"}};
        body.update(filters);
        return journal::parsed(hub.admin("suspects", body).body);
    }
    std::string flag() { return flags({{"rule", "R04"}}).at("rows").at(0).at("flag_id"); }
};

json holds_of(Fast& f) { return journal::parsed(f.hub.get(f.i.caller(), "holds").body).at("items"); }

/// Whoever asks for the list of holds waits until all records are watched, and the holds that follow are written.
json held(Fast& f) {
    REQUIRE(f.hub.admin("holds").status == 200);
    return holds_of(f);
}

struct Watched : Fast {
    Watched() {
        hub.admin("holds");  // what came is looked at before the station is watched, so it is not held
        hub.set_policy({{"watched_stations", {"I610404-01"}}, {"hold_minutes", 15}});
    }
};

}  // namespace

TEST_CASE("flags are listed with their sentence, masked, and filtered") {
    Fast f;
    const auto all = f.flags();
    REQUIRE(all["count"].get<int>() >= 1);
    const auto row = f.flags({{"rule", "R04"}})["rows"].at(0);
    CHECK(row["station_id"] == "I610404-01");
    CHECK(row["day"] == "2026-03-09");
    CHECK(row["claim"].at("zh") == "检验只用了 0 s，该方法至少需要 90 s。");
    CHECK(row["plate"] == "陕D·0***1");
    CHECK(row["state"] == "open");
    CHECK(row["grade"] == "strong");
    CHECK(row["county"] == "610404");
    CHECK(row["records"] == json{record_id(1)});
    CHECK(f.flags({{"rule", "R04"}, {"to", "2026-03-08"}})["rows"].empty());
    CHECK(f.flags({{"rule", "R04"}, {"county", "610428"}})["rows"].empty());
    CHECK(test::code_of(f.hub.admin("suspects", {{"from", "9.3.2026"}})) == "400 bad_day");
    CHECK(f.hub.admin("suspects", {{"rule", "R04"}, {"form", "csv"}})
              .body.starts_with("\xEF\xBB\xBF"
                                "flag_id,grade,score,day,"));
}

TEST_CASE("a sweep of a day that has not come is made again when the clock is put right") {
    Fast f;
    const auto swept_to = [&] {
        loop::Day out = 0;
        f.hub.hub->watch->look(hub::Scope::internal(), hub::Watch::Sweep::of_today,
                               [&](const hub::Watch::View& view) { out = view.suspects.swept_to(); });
        return out;
    };
    const auto right = f.hub.now.load();
    f.hub.now = right + 400 * loop::day_ms;
    REQUIRE(swept_to() == loop::day_of(right) + 400);
    f.hub.now = right;
    CHECK(swept_to() == loop::day_of(right));
}

TEST_CASE("one flag shows its numbers, its records with their receipts, and what would clear it") {
    Fast f;
    const auto shown = journal::parsed(f.hub.admin("suspect", {{"flag_id", f.flag()}, {"form", "json"}}).body);
    CHECK(shown["records"][0]["record_id"] == record_id(1));
    CHECK(shown["records"][0]["receipt_holds"] == true);
    CHECK(shown["values"][0]["name"] == "seconds");
    CHECK(shown["decisions"].empty());
    CHECK(test::code_of(f.hub.admin("suspect", {{"flag_id", "R04-0000000000000000"}})) == "404 flag_not_found");
    CHECK(f.hub.admin("suspect_rule", {{"rule", "R04"}}).body.find("GB 18285-2018") != std::string::npos);
    CHECK(test::code_of(f.hub.admin("suspect_rule", {{"rule", "R99"}})) == "404 unknown_rule");
}

TEST_CASE("a decision is a record: it survives a rebuild and measures the rule") {
    Fast f;
    const auto flag = f.flag();
    const json decision{{"flag_id", flag}, {"action", "dismiss"}, {"reason", "只记录了采样段"}, {"officer_id", "魏岚"}};
    REQUIRE(f.hub.admin("suspect_decide", decision).status == 200);
    CHECK(f.flags({{"state", "dismiss"}})["rows"].size() == 1);
    CHECK(f.hub.clean());
    f.hub.reopen();
    const auto rules = journal::parsed(f.hub.admin("suspects", {{"list", "rules"}, {"form", "json"}}).body)["rows"];
    for (const auto& row : rules)
        if (row["rule"] == "R04") CHECK((row["dismissed"] == 1 && row["precision"] == 0.0));
    auto wrong = decision;
    wrong["action"] = "punish";
    CHECK(test::code_of(f.hub.admin("suspect_decide", wrong)) == "400 unknown_action");
}

namespace {

/// Distinct records of the medium and strong flags in the list that nobody has dismissed.
std::set<std::string> listed(Fast& f) {
    std::set<std::string> out;
    const auto flags = f.flags();
    for (const auto& row : flags["rows"])
        if (row["grade"] != "weak" && row["state"] != "dismiss") out.merge(row["records"].get<std::set<std::string>>());
    return out;
}

/// `suspects` by row of a report, those of 0 left out.
std::map<std::string, std::size_t> counted(Fast& f, const char* report, const char* view, const char* to) {
    const json asked{{"report", report}, {"form", "json"}, {"view", view}, {"to", to}};
    std::map<std::string, std::size_t> out;
    const auto answer = journal::parsed(f.hub.admin("report", asked).body);
    for (const auto& row : answer["rows"])
        if (row["suspects"] != 0) out[row.contains("station_id") ? row["station_id"] : row["county"]] = row["suspects"];
    return out;
}

}  // namespace

TEST_CASE(
    "a county's suspects are the distinct records of the list, in either view, and none once they are dismissed") {
    using Counts = std::map<std::string, std::size_t>;
    constexpr auto today = "2026-03-09";
    Fast f;
    auto second = test::inspection(2, "I610404-01", "2026-03-09T09:04:00+08:00", "fail");
    second["vehicle"]["registered_county"] = "610428";
    f.i.send(f.hub, {second});
    REQUIRE(listed(f) == std::set{record_id(1), record_id(2)});
    CHECK(counted(f, "counties", "station", today) == Counts{{"610404", 2}, {"all", 2}});
    CHECK(counted(f, "stations", "station", today) == Counts{{"I610404-01", 2}});
    // The first says nothing of where the vehicle is registered, a later record of it does.
    CHECK(counted(f, "counties", "registered", today) == Counts{{"610428", 2}, {"all", 2}});
    CHECK(counted(f, "counties", "station", "2026-03-08").empty());
    const auto flags = f.flags();
    for (const auto& row : flags["rows"]) {
        const json dismissal{
            {"flag_id", row["flag_id"]}, {"action", "dismiss"}, {"reason", "录像正常"}, {"officer_id", "魏岚"}};
        REQUIRE(f.hub.admin("suspect_decide", dismissal).status == 200);
    }
    CHECK(listed(f).empty());
    CHECK(counted(f, "counties", "station", today).empty());
    f.hub.reopen();
    CHECK(counted(f, "counties", "registered", today).empty());
}

TEST_CASE("a dry run says what another policy would clear and changes nothing") {
    Fast f;
    const auto flag = f.flag();
    const json lenient{{"R04", {{"parameters", {{"seconds_tolerance", 100}}}}}};
    const auto said = journal::parsed(f.hub.admin("suspect_dry_run", {{"rules", lenient}}).body);
    CHECK(said["appear"].empty());
    REQUIRE(said["clear"].size() == 1);
    CHECK(said["clear"][0]["flag_id"] == flag);
    CHECK(f.flags({{"rule", "R04"}})["rows"].size() == 1);
    const auto same = journal::parsed(f.hub.admin("suspect_dry_run", {{"rules", json::object()}}).body);
    CHECK(same.at("after") == same.at("before"));
    CHECK((same.at("appear").empty() && same.at("clear").empty()));
    for (const auto& left : std::filesystem::directory_iterator(f.hub.folder.path() / "hub"))
        CHECK(left.path().string().find(".new") == std::string::npos);
    const json unknown{{"R04", {{"parameters", {{"minutes", 1}}}}}};
    CHECK(test::code_of(f.hub.admin("suspect_dry_run", {{"rules", unknown}})) == "400 bad_parameters");
}

TEST_CASE("the evidence file holds the line as it was written, and its proof") {
    Fast f;
    const auto page = f.hub.admin("suspect_evidence", {{"flag_id", f.flag()}});
    REQUIRE(page.status == 200);
    CHECK(page.content_type == "text/html");
    CHECK(page.body.find("链、封签、回执已核验") != std::string::npos);
    CHECK(page.body.find("检验只用了 0 s") != std::string::npos);
    CHECK(page.body.find("\"evidence\":\"imloop/evidence/1\"") != std::string::npos);
    CHECK(page.body.find("<script src") == std::string::npos);
}

TEST_CASE("a passed result of a watched station waits for an officer, and lapses by itself") {
    Watched f;
    f.i.send(f.hub, {test::inspection(2, "I610404-01", "2026-03-09T09:04:00+08:00", "pass")});
    const auto items = held(f);
    REQUIRE(items.size() == 1);
    CHECK(items[0]["record_id"] == record_id(2));
    CHECK(items[0]["state"] == "waiting");
    CHECK(items[0]["until"].get<std::string>().starts_with("2026-03-09T09:20:00"));
    CHECK(items[0]["reason"].get<std::string>().find("R04-") == 0);
    f.hub.now += 16 * 60'000;
    CHECK(holds_of(f)[0]["state"] == "lapsed");
    CHECK(f.hub.clean());
}

TEST_CASE("an officer releases, refers or refuses what is held, by name and reason") {
    Watched f;
    f.i.send(f.hub, {test::inspection(2, "I610404-01", "2026-03-09T09:04:00+08:00", "pass")});
    REQUIRE(held(f).size() == 1);
    json release{{"record_id", record_id(2)}, {"action", "release"}, {"reason", "录像正常"}, {"officer_id", "魏岚"}};
    REQUIRE(f.hub.admin("hold_decide", release).status == 200);
    const auto items = held(f);
    CHECK(items[0]["state"] == "released");
    CHECK(items[0]["officer_id"] == "魏岚");
    release["record_id"] = record_id(1);
    CHECK(test::code_of(f.hub.admin("hold_decide", release)) == "404 not_held");
}

TEST_CASE("nothing is held elsewhere, of failed tests, or of tests that came days late") {
    Fast unwatched;
    unwatched.i.send(unwatched.hub, {test::inspection(2, "I610404-01", "2026-03-09T09:04:00+08:00", "pass")});
    CHECK(held(unwatched).empty());

    Watched f;
    f.i.send(f.hub, {test::inspection(2, "I610404-01", "2026-03-09T09:04:00+08:00", "fail"),
                     test::inspection(3, "I610404-01", "2026-03-01T09:04:00+08:00", "pass")});
    CHECK(held(f).empty());
}

TEST_CASE("a fork of a journal is a flag of its station, and stays one when the hub comes up again or is rebuilt") {
    Fast f;
    CHECK(f.flags({{"rule", "S08"}})["count"] == 0);
    test::Source other{f.i.id, f.i.key};
    CHECK(other.send(f.hub, {test::inspection(2, "I610404-01", morning, "pass")}) ==
          std::vector<std::string>{"409 journal_fork"});
    const auto shown = [&] { return f.flags({{"rule", "S08"}})["rows"].at(0).at("claim").at("zh"); };
    CHECK(shown() == "有 1 处同一编号出现第二种内容（最后一处从第 1 条起，2026-03-09），没有收下。");
    CHECK(f.hub.clean());
    f.hub.reopen();
    CHECK(shown() == "有 1 处同一编号出现第二种内容（最后一处从第 1 条起，2026-03-09），没有收下。");
    CHECK(f.hub.admin("rebuild").status == 200);
    CHECK(f.flags({{"rule", "S08"}})["count"] == 1);
    CHECK(f.hub.clean());
}

TEST_CASE("rejected lines and new journals are counted as they came, the same after a rebuild") {
    Fast f;
    auto wrong = test::inspection(2, "I610404-01", morning, "pass");
    wrong.erase("method");
    CHECK(f.i.send(f.hub, {wrong, wrong}) == std::vector<std::string>{"rejected", "rejected"});
    for (int n = 0; n < 6; ++n) {
        test::Source again{f.i.id, f.i.key, fmt::format("0192a1b2-0000-7000-8000-00000000bb{:02}", n)};
        CHECK(again.send(f.hub, {wrong}) == std::vector<std::string>{"rejected"});
    }
    const auto flags = [&] { return f.flags({{"rule", "S08"}}); };
    const auto before = flags();
    REQUIRE(before["count"] == 1);
    CHECK(before["rows"][0]["claim"]["zh"].get<std::string>().starts_with("另起日志 6 次"));
    f.hub.reopen();
    CHECK(flags()["rows"] == before["rows"]);
    CHECK(f.hub.clean());
}

TEST_CASE(
    "what is watched is taken up at a start, and made anew where its file is missing, damaged or of other rules") {
    Fast f;
    const auto before = f.flags()["rows"];
    REQUIRE(before.size() > 0);
    const auto file = (f.hub.folder.path() / "hub" / "hub.watch.sqlite").string();
    const auto shown = [&] {
        sqlite::Database database(file);
        auto s = database.prepare("SELECT COUNT(*) FROM v_flags");
        s.step();
        return s.integer(0);
    };
    const auto shown_before = shown();
    REQUIRE(shown_before > 0);
    f.hub.hub.reset();
    REQUIRE(std::filesystem::exists(file));
    const auto change = [&](const std::string& sql) {
        sqlite::Database database(file);
        database.execute(sql);
        auto changed = database.prepare("SELECT changes()");
        REQUIRE(changed.step());
        REQUIRE(changed.integer(0) > 0);
    };
    SECTION("as it is") {}
    SECTION("missing") { std::filesystem::remove(file); }
    SECTION("no database") { service::replace_file(file, std::string(20'000, 'x')); }
    SECTION("a bad row") { change("UPDATE watch_flags SET value = zeroblob(40)"); }
    SECTION("bad rows of what is put in") { change("UPDATE watch_put_ins SET value = zeroblob(40)"); }
    SECTION("a bad cursor") { change("UPDATE watch_cursor SET value = zeroblob(40)"); }
    SECTION("rows that are gone") { change("DELETE FROM watch_cursor"); }
    SECTION("rows of another form") {
        change("UPDATE watch_cursor SET value = zeroblob(40); UPDATE watch_swept SET value = zeroblob(10)");
    }
    f.hub.open();
    CHECK(f.flags()["rows"] == before);
    CHECK(shown() == shown_before);
    CHECK(f.i.send(f.hub, {test::inspection(2, "I610404-01", "2026-03-09T09:04:00+08:00", "fail")}) ==
          std::vector<std::string>{"accepted"});
    CHECK(f.flags()["rows"].size() > before.size());
    f.hub.admin("verify");  // finds what nobody has read yet
    CHECK(f.hub.clean());
}
