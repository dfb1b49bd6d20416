// What a disk changes in the store is noticed and named; the rest is served and exported; a lost database is never
// taken for a new one.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>

#include "hub/accounts/accounts.hpp"
#include "hub/accounts/audit.hpp"
#include "hub/accounts/sessions.hpp"
#include "hub/admin/doctor.hpp"
#include "hub/store/kept_tables.hpp"
#include "hub/store/rows.hpp"
#include "hub/store/store.hpp"
#include "journal/json.hpp"
#include "service/files.hpp"
#include "sqlite/sqlite.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;
using test::code_of;

namespace {

constexpr const char* at = "2026-03-02T09:00:00+08:00";
const std::string csv = "time_s,state,co_pct\n0,test,1.4\n1,test,1.5\n2,test,1.3\n";

struct Bench {
    test::TestHub t;
    test::Source i{"I610404-01"}, other{"I610404-02"};
    std::filesystem::path file = t.folder.path() / "hub" / "hub.sqlite";

    Bench() {
        i.join(t);
        other.join(t);
        for (int n = 0; n < 2; ++n) send(3 * n + 1);
        other.send(t, {test::inspection(20, other.id, at, "fail")});
        REQUIRE(t.put_trace(i.caller(), csv).status == 200);
        t.hub.reset();
    }
    static std::string sha() { return journal::to_hex(journal::sha256(csv)); }
    std::vector<std::string> send(int from) {
        return i.send(t, {test::inspection(from, i.id, at, "fail"), test::inspection(from + 1, i.id, at, "fail"),
                          test::inspection(from + 2, i.id, at, "fail")});
    }
    json verify() {
        t.hub.emplace(
            hub::HubOptions{file.parent_path(), [this] { return t.now.load(); }, 2, hub::HubOptions::Opens::checked});
        auto out = journal::parsed(t.admin("verify").body);
        t.hub.reset();
        return out;
    }
    std::string value(const std::string& table, const std::string& column, const std::string& where) {
        sqlite::Database database(file);
        auto s = database.prepare("SELECT " + column + " FROM " + table + " WHERE " + where);
        std::string out;
        while (s.step()) out = s.text(0);
        return out;
    }
    void put(const std::string& table, const std::string& column, const std::string& where, const std::string& value,
             bool as_text = false) {
        sqlite::Database database(file);
        auto s = database.prepare("UPDATE " + table + " SET " + column + " = $1 WHERE " + where);
        as_text ? s.bind(1, std::string_view(value)) : s.bind_blob(1, value);
        s.run();
    }
};

const std::string second = "source_id = 'I610404-01' AND first = 4";

}  // namespace

TEST_CASE("one byte of a stored segment or receipt: verify names source, epoch and number and goes on") {
    Bench b;
    REQUIRE(b.verify().at("clean") == true);
    const auto column = GENERATE(as<std::string>(), "bytes", "receipt", "digest");
    const auto whole = b.value("segments", column, second);
    const std::size_t step = std::max<std::size_t>(1, whole.size() / 12);
    for (std::size_t place = 0; place < whole.size(); place += step) {
        auto changed = whole;
        changed[place] = static_cast<char>(changed[place] ^ 1);
        b.put("segments", column, second, changed);
        const auto said = b.verify();
        INFO(column << " byte " << place << ": " << said.dump());
        CHECK(said.at("clean") == false);
        CHECK(said.at("segments") == 6);
        REQUIRE(said.at("errors").size() == 1);
        CHECK(said.at("errors")[0].at("source") == b.i.id);
        CHECK(said.at("errors")[0].at("epoch") == b.i.epoch);
        CHECK(said.at("errors")[0].at("first") == 4);
        CHECK(said.at("errors")[0].at("code") == "damaged");
    }
    b.put("segments", column, second, whole);
    CHECK(b.verify().at("clean") == true);
}

TEST_CASE("the numbers and names of a row are under its digest too") {
    Bench b;
    for (const auto& [column, value] : {std::pair("source_id", "'I610404-11'"), std::pair("epoch", "'x'"),
                                        std::pair("first", "5"), std::pair("last", "7"), std::pair("position", "77")}) {
        const auto kept = b.value("segments", column, second);
        const auto position = b.value("segments", "position", second);
        const std::string row = std::string(column) == "position" ? "position = 77" : "position = " + position;
        sqlite::Database(b.file).execute(fmt::format("UPDATE segments SET {} = {} WHERE {}", column, value, second));
        const auto said = b.verify();
        INFO(column << said.dump());
        REQUIRE(said.at("errors").size() == 1);
        CHECK(said.at("errors")[0].at("source") == b.i.id);
        CHECK(said.at("errors")[0].at("first") == 4);
        sqlite::Database(b.file).execute(fmt::format("UPDATE segments SET {} = '{}' WHERE {}", column, kept, row));
        CHECK(b.verify().at("clean") == true);
    }
}

TEST_CASE("with a damaged segment the rest is served, its journal goes on, and an export names what it leaves out") {
    Bench b;
    const auto column = GENERATE(as<std::string>(), "bytes", "receipt");
    auto changed = b.value("segments", column, second);
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    b.put("segments", column, second, changed);
    b.t.open();
    CHECK(b.send(7) == std::vector<std::string>(3, "accepted"));
    // Its lines sent again are answered as damaged, and for that alone.
    test::Source again{b.i.id, b.i.key};
    CHECK(again.send(b.t, {test::inspection(1, b.i.id, at, "fail"), test::inspection(2, b.i.id, at, "fail"),
                           test::inspection(3, b.i.id, at, "fail")}) == std::vector<std::string>(3, "accepted"));
    CHECK(again.send(b.t, {test::inspection(4, b.i.id, at, "fail")}) == std::vector<std::string>{"500 damaged"});
    CHECK(b.other.send(b.t, {test::inspection(21, b.other.id, at, "fail")}) == std::vector<std::string>{"accepted"});
    CHECK(b.t.get(b.i.caller(), "outcomes").status == 200);
    const test::TempDir out;
    const auto exported = journal::parsed(b.t.admin("export", {{"path", out.path().string()}}).body);
    CHECK(exported.at("left_out") ==
          json::array({{{"source", b.i.id}, {"epoch", b.i.epoch}, {"first", 4}, {"last", 6}}}));
    CHECK(exported.at("segments") == 7);
    const auto said = journal::parsed(b.t.admin("verify").body);
    CHECK(said.at("errors").size() == 1);
}

TEST_CASE("process data and what was drawn from it: each byte is noticed, by the trace's digest") {
    Bench b;
    const auto table = GENERATE(as<std::string>(), "traces", "trace_figures");
    const auto whole = b.value(table, "bytes", "1 = 1");
    for (std::size_t place = 0; place < whole.size(); place += std::max<std::size_t>(1, whole.size() / 20)) {
        auto changed = whole;
        changed[place] = static_cast<char>(changed[place] ^ 1);
        b.put(table, "bytes", "1 = 1", changed);
        const auto said = b.verify();
        INFO(table << " byte " << place << ": " << said.dump());
        CHECK(said.at("clean") == false);
        REQUIRE(said.at("errors").size() == 1);
        CHECK(said.at("errors")[0].at("trace") == Bench::sha());
    }
    // Served, the figures are drawn anew; process data is answered as damaged.
    b.t.open();
    const auto answer = b.t.get(b.i.caller(), "traces/" + Bench::sha());
    CHECK(code_of(answer) == (table == "traces" ? "500 damaged" : "200 "));
    const test::TempDir out;
    const auto exported = journal::parsed(b.t.admin("export", {{"path", out.path().string()}}).body);
    CHECK(exported.contains("left_out") == (table == "traces"));
    b.t.hub.reset();
    CHECK(b.verify().at("clean") == (table != "traces"));
}

TEST_CASE("meta that was changed is named and not served") {
    Bench b;
    const auto name = GENERATE(as<std::string>(), "hub_id", "epoch");
    const auto row = "name = '" + name + "'";
    auto changed = b.value("meta", "value", row);
    changed.back() = static_cast<char>(changed.back() ^ 1);
    b.put("meta", "value", row, changed, true);
    CHECK_THROWS_WITH(b.t.open(), Catch::Contains(name));
    const auto said = b.verify();
    CHECK(said.at("clean") == false);
    REQUIRE(said.at("errors").size() == 1);
    CHECK(said.at("errors")[0].at("meta") == name);
    // Likewise with the digest of before digests were kept: the hub's own journal says who it is.
    sqlite::Database(b.file).execute("DELETE FROM meta WHERE name = 'hub_id'");
    CHECK_THROWS_WITH(b.t.open(), Catch::Contains("hub_id"));
}

TEST_CASE("rows that every start reads are made anew where they are damaged; verify names them") {
    Bench b;
    const auto table = GENERATE(as<std::string>(), "loop_keys", "loop_settled", "loop_latest");
    const auto damage = [&] {
        auto changed = b.value(table, "value", "1 = 1");
        changed.back() = static_cast<char>(changed.back() ^ 1);
        b.put(table, "value", "1 = 1", changed);
    };
    damage();
    const auto said = b.verify();
    INFO(said.dump());
    CHECK(said.at("clean") == false);
    REQUIRE(said.at("errors").size() == 1);
    CHECK(said.at("errors")[0].at("rows") == "loop");
    CHECK_THAT(said.at("errors")[0].at("detail").get<std::string>(), Catch::Contains(table));
    CHECK(b.verify().at("clean") == true);
    damage();
    b.t.open();
    CHECK(b.send(7) == std::vector<std::string>(3, "accepted"));
    CHECK(b.t.clean());
}

TEST_CASE("rows of the watch, and of its flags for analysts, are named by verify and made anew") {
    Bench b;
    REQUIRE(b.verify().at("clean") == true);
    const auto change = [&](const char* sql) {
        sqlite::Database(b.file.parent_path() / "hub.watch.sqlite").execute(sql);
    };
    std::string table = "watch_put_ins";
    SECTION("its own") { change("UPDATE watch_put_ins SET value = zeroblob(40)"); }
    SECTION("flags") {
        table = "flags";
        change("INSERT INTO flags VALUES ('R04-x', 'R04', 'weak', 1, NULL, NULL, NULL, 1, 'open')");
    }
    const auto said = b.verify();
    INFO(said.dump());
    CHECK(said.at("clean") == false);
    REQUIRE(said.at("errors").size() == 1);
    CHECK(said.at("errors")[0].at("table") == table);
    CHECK(b.verify().at("clean") == true);
}

TEST_CASE("rows that are compared with nothing are under their own check") {
    Bench b;
    const auto table = GENERATE(as<std::string>(), "loop_work_items", "loop_work_lists", "loop_work_version");
    auto changed = b.value(table, "value", "1 = 1");
    changed.front() = static_cast<char>(changed.front() ^ 1);
    b.put(table, "value", "1 = 1", changed);
    const auto said = b.verify();
    INFO(said.dump());
    CHECK(said.at("clean") == false);
    REQUIRE(said.at("errors").size() == 1);
    CHECK_THAT(said.at("errors")[0].at("detail").get<std::string>(), Catch::Contains(table));
}

TEST_CASE("an entry of the audit log that was changed is named") {
    Bench b;
    {
        sqlite::Database database(b.file);
        hub::AuditEntry entry;
        entry.who = "zhaomin";
        entry.what = "search";
        entry.result = "ok";
        for (int n = 0; n < 3; ++n) hub::put_audit(database, entry);
    }
    REQUIRE(b.verify().at("clean") == true);
    sqlite::Database(b.file).execute("UPDATE audit SET who = 'zhaomim' WHERE n = 2");
    const auto said = b.verify();
    CHECK(said.at("clean") == false);
    REQUIRE(said.at("errors").size() == 1);
    CHECK(said.at("errors")[0].at("audit") == "2");
    const auto findings = hub::examine(b.file.parent_path(), "", b.t.now.load());
    const auto database = std::ranges::find(findings, "database", &service::Finding::check);
    REQUIRE(database != findings.end());
    CHECK(database->verdict == service::Verdict::broken);
}

TEST_CASE("each byte of the hub's own tables is noticed; verify names table and key, goes on, and the rest serves") {
    Bench b;
    b.t.open();
    REQUIRE(b.t.clearance(b.i.caller(), {{"plate", "陕D0T001"}, {"plate_kind", "02"}}).status == 200);
    REQUIRE(b.t.clearance(b.other.caller(), {{"plate", "陕D0T002"}, {"plate_kind", "02"}}).status == 200);
    b.t.hub.reset();
    {
        hub::Store store(b.file.string());
        auto& database = store.database();
        store.put_invite("c0de", b.i.id, 9);
        store.put_certificate("kid", {5, "-----BEGIN"});
        store.put_alarm(b.i.id, "e", 7, 5, "source_revoked", "bytes");
        hub::put_account(database, "zhaomin", "赵敏", 5);
        hub::put_link(database, "zhaomin", 5);
        hub::bind_second_factor(database, hub::account_named(database, "zhaomin").value(), 7, {"one", "two"});
        hub::propose(database, {"g1", "zhaomin", hub::Role::officer, {"610404"}, "ligong", {}, 5});
        hub::begin_session(database, "token", "zhaomin", "10.0.0.1", 5);
        hub::note_failure(database, "d", 5);
    }
    REQUIRE(b.verify().at("clean") == true);
    const auto head = journal::to_hex(journal::sha256(std::string_view("bytes")));
    const auto link = b.value("account_links", "token_sha256", "1 = 1");
    struct Row {
        const hub::KeptTable* table;
        std::string where, key;
    };
    const Row rows[] = {
        {&hub::clearances_table, "number = 2", "2"},
        {&hub::invites_table, "1 = 1", "c0de"},
        {&hub::certificates_table, "1 = 1", "kid"},
        {&hub::alarms_table, "1 = 1", b.i.id + " e source_revoked 7 " + head},
        {&hub::accounts_table, "1 = 1", "zhaomin"},
        {&hub::links_table, "1 = 1", link},
        {&hub::recovery_table, "code_digest = 'two'", "zhaomin two"},
        {&hub::grants_table, "1 = 1", "g1"},
        // SHA-256 of `token`, by another program.
        {&hub::sessions_table, "1 = 1", "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"},
        {&hub::failed_table, "1 = 1", "d"},
    };
    REQUIRE(std::size(rows) == hub::kept_tables.size());
    for (const auto& [table, where, key] : rows) {
        const std::string name(table->name);
        for (std::size_t column = table->keys; column <= table->columns.size(); ++column) {
            const bool is_digest = column == table->columns.size();
            const auto as = is_digest ? hub::KeptAs::bytes : table->columns[column].as;
            const std::string of(is_digest ? "digest" : table->columns[column].name);
            const auto whole = b.value(name, of, where);
            for (const auto place : std::set<std::size_t>{0, whole.size() / 2, whole.size() - 1}) {
                auto changed = whole;
                if (place < whole.size()) changed[place] = static_cast<char>(changed[place] ^ 1);
                if (changed == whole) changed += "1";  // one that is empty
                b.put(name, of, where, changed, as != hub::KeptAs::bytes);
                INFO(name << "." << of << " byte " << place);
                sqlite::Database database(b.file);
                CHECK(table->damaged(database) == std::vector{key});
            }
            if (!is_digest) b.put(name, of, where, whole, as != hub::KeptAs::bytes);
        }
        // The digest is still another.
        const auto said = b.verify();
        INFO(said.dump());
        CHECK(said.at("clean") == false);
        CHECK(said.at("segments") == 6);
        REQUIRE(said.at("errors").size() == 1);
        CHECK(said.at("errors")[0].at("table") == name);
        CHECK(said.at("errors")[0].at("key") == key);
        CHECK(said.at("errors")[0].at("code") == "damaged");
        b.put(name, "digest", where, [&] {
            sqlite::Database database(b.file);
            std::string out;
            table->each_page(database, [&](std::span<const hub::FoundRow> found) {
                for (const auto& one : found)
                    if (one.key == key) out = hub::row_digest({one.row.begin(), one.row.end() - 1});
            });
            return out;
        }());
    }
    CHECK(b.verify().at("clean") == true);
    for (const auto& row : rows) b.put(std::string(row.table->name), "digest", row.where, "x");
    const auto all = b.verify();
    CHECK(all.at("errors").size() == std::size(rows));
    const auto findings = hub::examine(b.file.parent_path(), "", b.t.now.load());
    const auto database = std::ranges::find(findings, "database", &service::Finding::check);
    REQUIRE(database != findings.end());
    CHECK(database->verdict == service::Verdict::broken);
    CHECK_THAT(database->what.en, Catch::Contains("10 rows"));
    b.t.open();
    CHECK(b.send(7) == std::vector<std::string>(3, "accepted"));
    CHECK(b.t.clearance(b.i.caller(), {{"plate", "陕D0T001"}, {"plate_kind", "02"}}).status == 200);
    CHECK(b.t.admin("station_invite", {{"id", b.i.id}, {"host", "h"}, {"port", "1"}}).status == 200);
}

TEST_CASE("an alarm that is damaged is left out of the others, and raised anew where it comes again") {
    Bench b;
    hub::Store store(b.file.string());
    for (std::uint64_t first = 1; first <= 3; ++first)
        store.put_alarm(b.i.id, "e", first, 5, "source_revoked", "bytes");
    store.database().execute("UPDATE alarms SET times = 5 WHERE first = 2");
    const auto seen = [&] {
        std::vector<std::uint64_t> out;
        for (const auto& one : store.alarms({}, 0, 10)) out.push_back(one.first);
        return out;
    };
    CHECK(seen() == std::vector<std::uint64_t>{1, 3});
    CHECK(store.put_alarm(b.i.id, "e", 2, 6, "source_revoked", "bytes"));
    CHECK(seen() == std::vector<std::uint64_t>{2, 1, 3});
    CHECK_FALSE(store.put_alarm(b.i.id, "e", 2, 7, "source_revoked", "bytes"));
    CHECK(store.alarms({}, 0, 1).at(0).times == 2);
    CHECK(hub::damaged_rows(store.database()) == 0);
}

TEST_CASE("a lost database is not taken for a new one") {
    Bench b;
    const auto folder = b.file.parent_path();
    const auto kept = test::read_file(b.file);
    for (const auto* suffix : {"-wal", "-shm"}) std::filesystem::remove(b.file.string() + suffix);
    SECTION("missing") { std::filesystem::remove(b.file); }
    SECTION("empty") { service::replace_file(b.file, ""); }
    SECTION("a database of nothing") {
        std::filesystem::remove(b.file);
        hub::Store empty(b.file);
    }
    CHECK_THROWS_WITH(b.t.open(), Catch::Contains("hub.sqlite") && Catch::Contains("--restore"));
    CHECK_THROWS_WITH(hub::Hub::init(folder, "H610400-01", "x", {"localhost"}, b.t.now), Catch::Contains("already"));
    for (const auto* suffix : {"-wal", "-shm"}) std::filesystem::remove(b.file.string() + suffix);
    service::replace_file(b.file, kept);
    b.t.open();
    CHECK(b.t.clean());
}

TEST_CASE("a file cut short or with a changed page is named, by whoever opens it") {
    Bench b;
    {
        sqlite::Database database(b.file);
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    auto bytes = test::read_file(b.file);
    SECTION("cut short") { bytes.resize(bytes.size() / 2); }
    SECTION("no database") { bytes.replace(0, 16, "not a database..", 16); }
    service::replace_file(b.file, bytes);
    // Opened to be checked it may come as far as naming it itself.
    const auto checked = [&] {
        const auto said = b.verify();
        return said.at("clean") == true ? std::string("clean") : said.at("errors").dump();
    };
    std::string found;
    try {
        found = checked();
    } catch (const sqlite::DamagedFile& e) {
        found = e.what();
    }
    CHECK_THAT(found, Catch::Contains("damaged"));
}
