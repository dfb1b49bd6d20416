// A hub's database of an earlier program is taken over whole; one of a later program is not touched.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>

#include "hub/accounts/accounts.hpp"
#include "hub/accounts/statements.hpp"
#include "hub/store/kept_tables.hpp"
#include "hub/store/store.hpp"
#include "journal/encoding.hpp"
#include "journal/json.hpp"
#include "service/files.hpp"
#include "sqlite/sqlite.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

std::string version_in(const std::filesystem::path& file) {
    sqlite::Database database(file);
    auto s = database.prepare("SELECT value FROM meta WHERE name = 'schema_version'");
    return s.step() ? s.text(0) : "";
}

const std::string newest = std::to_string(hub::store_form().version());

void change(const std::filesystem::path& file, const std::string& sql) { sqlite::Database(file).execute(sql); }

/// The columns of each table as the program of a version left them.
std::map<std::string, std::string> tables_of(std::int64_t version) {
    const std::string digest = version >= 3 ? ", digest BLOB NOT NULL DEFAULT x''" : "";
    std::map<std::string, std::string> out{
        {"meta",
         "name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL" + std::string(version >= 3 ? ", digest BLOB" : "")},
        {"segments",
         "source_id TEXT NOT NULL, epoch TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, position "
         "INTEGER NOT NULL, bytes BLOB NOT NULL, receipt BLOB NOT NULL" +
             digest + ", PRIMARY KEY (source_id, epoch, last)"},
        {"traces",
         "sha256 TEXT NOT NULL PRIMARY KEY, source_id TEXT NOT NULL, received_at INTEGER NOT NULL, bytes "
         "BLOB NOT NULL" +
             digest},
        {"clearances",
         "source_id TEXT NOT NULL, asked_at INTEGER NOT NULL, vehicle_id TEXT NOT NULL, answer TEXT NOT NULL"},
        {"invites",
         "code_sha256 TEXT NOT NULL PRIMARY KEY, source_id TEXT NOT NULL, expires_at INTEGER NOT NULL, used_at "
         "INTEGER"},
        {"alarms",
         "source_id TEXT NOT NULL, epoch TEXT NOT NULL, first INTEGER NOT NULL, raised_at INTEGER NOT NULL, "
         "code TEXT NOT NULL, bytes BLOB NOT NULL"}};
    if (version >= 4) {
        out["alarms"] =
            "source_id TEXT NOT NULL, epoch TEXT NOT NULL, code TEXT NOT NULL, first INTEGER NOT NULL, head TEXT NOT "
            "NULL, raised_at INTEGER NOT NULL, latest_at INTEGER NOT NULL, times INTEGER NOT NULL, bytes BLOB NOT "
            "NULL, PRIMARY KEY (source_id, epoch, code, first, head)";
        out["certificates"] = "kid TEXT NOT NULL PRIMARY KEY, issued_at INTEGER NOT NULL, pem TEXT NOT NULL";
    }
    if (version >= 2)
        out["trace_figures"] =
            "sha256 TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL, bytes BLOB NOT NULL" + digest;
    return out;
}

std::string columns_of(sqlite::Database& database, const std::string& table, const std::string& joined_by,
                       const std::string& as = "{}") {
    std::string out;
    for (auto s = database.prepare("SELECT name FROM pragma_table_info('" + table + "') ORDER BY name"); s.step();)
        out += (out.empty() ? "" : joined_by) + fmt::format(fmt::runtime(as), s.text(0));
    return out;
}

/// Every row of the tables that all versions have but for alarms and for what is said of rows that can be made anew,
/// digests too.
std::vector<std::string> rows_in(const std::filesystem::path& file) {
    sqlite::Database database(file);
    std::vector<std::string> out;
    for (const auto& table : {"meta", "segments", "traces", "clearances", "invites", "trace_figures"})
        for (auto s = database.prepare(fmt::format("SELECT {} FROM {} ORDER BY 1",
                                                   columns_of(database, table, " || ' ' || ", "quote({})"), table));
             s.step();)
            if (s.text(0).find(" 'loop_") == std::string::npos) out.push_back(std::string(table) + " " + s.text(0));
    return out;
}

/// The rows of a database of today in one of an earlier version, with three alarms, two of them the same.
void write_as(std::int64_t version, const std::filesystem::path& today, const std::filesystem::path& file) {
    sqlite::Database old(file);
    old.execute("ATTACH '" + today.string() + "' AS today");
    for (const auto& [table, columns] : tables_of(version)) {
        old.execute(fmt::format("CREATE TABLE {} ({}) STRICT", table, columns));
        const auto names = columns_of(old, table, ", ");
        if (table != "alarms")
            old.execute(fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM today.{0}", table, names));
    }
    if (version >= 5) old.define(hub::sql::accounts_tables);
    if (version >= 4)
        old.execute(
            "INSERT INTO alarms VALUES ('I610404-01', 'e', 'journal_fork', 1, '01', 5, 5, 2, x'01'), ('I610404-01', "
            "'e', 'journal_fork', 1, '02', 5, 5, 1, x'02')");
    else
        for (const auto* bytes : {"x'01'", "x'01'", "x'02'"})
            old.execute(fmt::format("INSERT INTO alarms VALUES ('I610404-01', 'e', 1, 5, 'journal_fork', {})", bytes));
    old.execute(version == 0 ? "DELETE FROM meta WHERE name = 'schema_version'"
                             : fmt::format("UPDATE meta SET value = '{}' WHERE name = 'schema_version'", version));
}

/// Where the databases of earlier programs are kept, a folder each: the file under zstd, the hub's key, and the county
/// rows it gave.
std::filesystem::path forms() { return test::source_dir() / "tests/fixtures/forms"; }
const loop::Moment fixture_day = loop::parse_moment("2026-11-30T12:00:00+08:00").value();

/// A vehicle whose loop is closed, one that never came back, a test that is void; process data, a clearance, an
/// invitation, a forked journal.
void fill(test::TestHub& t) {
    test::Source i{"I610404-01"}, m{"M610404-03"};
    i.join(t);
    m.join(t);
    auto other = test::inspection(2, i.id, "2026-03-03T09:00:00+08:00", "fail");
    other["vehicle"] = {{"plate", "陕D0T002"}, {"plate_kind", "02"}, {"registered_county", "610428"}};
    REQUIRE(i.send(t, {test::inspection(1, i.id, "2026-03-02T09:00:00+08:00", "fail"), other}).size() == 2);
    REQUIRE(m.send(t, {test::repair(3, m.id, "2026-03-04T09:00:00+08:00")}) == std::vector<std::string>{"accepted"});
    const auto before = i;
    REQUIRE(i.send(t, {test::inspection(4, i.id, "2026-03-05T09:00:00+08:00", "pass", "retest"),
                       test::inspection(5, i.id, "2026-03-06T09:00:00+08:00", "fail"),
                       test::voiding(6, i.id, "2026-03-07T09:00:00+08:00", test::record_id(5))})
                .size() == 3);
    auto forked = before;
    REQUIRE(forked.send(t, {test::inspection(7, i.id, "2026-03-08T09:00:00+08:00", "pass")}) ==
            std::vector<std::string>{"409 journal_fork"});
    const std::string csv = "time_s,state,co_pct\n0,test,1.4\n1,test,1.5\n";
    REQUIRE(t.put_trace(i.caller(), csv).status == 200);
    REQUIRE(t.clearance(i.caller(), {{"plate", "陕D0T002"}, {"plate_kind", "02"}}).status == 200);
    REQUIRE(t.admin("station_invite", {{"id", i.id}, {"host", "h"}, {"port", "1"}}).status == 200);
}

/// One who is set up, with a grant in force, one that waits and one that has ended; one who has ended; a link that
/// waits.
void fill_accounts(const std::filesystem::path& file) {
    sqlite::Database database(file);
    engine::Transaction transaction(database);
    hub::put_account(database, "zhaomin", "赵敏", fixture_day);
    hub::set_password(database, "zhaomin", "kept");
    hub::begin_second_factor(database, "zhaomin", "secret");
    hub::bind_second_factor(database, hub::account_named(database, "zhaomin").value(), 7, {"one", "two"});
    for (const auto* id : {"g1", "g2", "g3"})
        hub::propose(database, {id, "zhaomin", hub::Role::officer, {"610404"}, "ligong", {}, fixture_day});
    hub::confirm_grant(database, "g1", "chenan", fixture_day);
    hub::end_grant(database, "g3", fixture_day);
    hub::put_account(database, "former", "某人", fixture_day);
    hub::end_account(database, "former", fixture_day);
    hub::put_account(database, "newcomer", "新人", fixture_day);
    hub::put_link(database, "newcomer", fixture_day);
    hub::certificates_table.put(database, {"kid", "5", "pem"});
    transaction.commit();
}

/// But for suspects, which follow from rules.
json counties(test::TestHub& t) {
    auto rows = journal::parsed(t.admin("report", {{"report", "counties"}, {"form", "json"}}).body).at("rows");
    for (auto& row : rows) row.erase("suspects");
    return rows;
}

}  // namespace

// Not run by itself: `hub_test "[make-form]"` of the program whose form is to be kept, before the next one is begun.
TEST_CASE("the database of this program is kept for those to come", "[.][make-form]") {
    test::TestHub t(fixture_day);
    fill(t);
    const auto rows = counties(t);
    t.hub.reset();
    const auto hub = t.folder.path() / "hub";
    fill_accounts(hub / "hub.sqlite");
    service::make_folder(forms() / newest);
    service::replace_file(forms() / newest / "hub.sqlite.zst",
                          journal::zstd_encode(test::read_file(hub / "hub.sqlite")));
    service::replace_file(forms() / newest / "hub.key.pem", test::read_file(hub / "hub.key.pem"));
    service::replace_file(forms() / newest / "counties.json", rows.dump(1) + "\n");
}

TEST_CASE("a database kept of each earlier form gives the figures it gave, and is whole") {
    for (std::int64_t version = 0; version <= hub::store_form().version(); ++version) {
        const auto kept = forms() / std::to_string(version);
        INFO("form " << version);
        if (version == hub::store_form().version() && !std::filesystem::exists(kept)) continue;  // kept when it ends
        test::TestHub t(fixture_day);
        t.hub.reset();
        const auto hub = t.folder.path() / "hub";
        for (const auto& entry : std::filesystem::directory_iterator(hub))
            if (entry.path().filename().string().starts_with("hub.")) std::filesystem::remove(entry);
        std::filesystem::copy_file(kept / "hub.key.pem", hub / "hub.key.pem");
        service::replace_file(hub / "hub.sqlite", journal::zstd_decode(test::read_file(kept / "hub.sqlite.zst")));
        CHECK(version_in(hub / "hub.sqlite") == (version == 0 ? "" : std::to_string(version)));
        t.open();
        CHECK(counties(t) == journal::parsed(test::read_file(kept / "counties.json")));
        CHECK(t.clean());
        t.hub.reset();
        CHECK(version_in(hub / "hub.sqlite") == newest);
        CHECK(std::filesystem::file_size(kept / "hub.sqlite.zst") <= 100'000);
    }
}

TEST_CASE("accounts, grants and what else had no digests are taken over from form 6 as they were") {
    const test::TempDir folder;
    const auto file = folder.path() / "hub.sqlite";
    service::replace_file(file, journal::zstd_decode(test::read_file(forms() / "6" / "hub.sqlite.zst")));
    hub::Store store(file.string());
    auto& database = store.database();
    CHECK(hub::damaged_rows(database) == 0);
    std::map<std::string, std::size_t> rows;
    for (const auto* table : hub::kept_tables)
        table->each_page(database,
                         [&](std::span<const hub::FoundRow> page) { rows[std::string(table->name)] += page.size(); });
    CHECK(rows == std::map<std::string, std::size_t>{{"clearances", 1},
                                                     {"invites", 1},
                                                     {"certificates", 1},
                                                     {"alarms", 1},
                                                     {"accounts", 3},
                                                     {"account_links", 1},
                                                     {"recovery_codes", 2},
                                                     {"grants", 3},
                                                     {"sessions", 0},
                                                     {"sign_ins_failed", 0}});
    CHECK(hub::account_named(database, "zhaomin")->otp_used == 7);
    CHECK(hub::account_named(database, "zhaomin")->ended_at == 0);
    CHECK(hub::account_named(database, "former")->ended_at == fixture_day);
    const auto grants = hub::grants_of(database, "zhaomin");
    REQUIRE(grants.size() == 3);
    CHECK(grants[0].is_in_force());
    CHECK(grants[1].confirmed_at == 0);
    CHECK(grants[2].ended_at == fixture_day);
    CHECK(hub::confirm_grant(database, "g2", "chenan", fixture_day) == "zhaomin");
    CHECK(hub::use_recovery_code(database, "zhaomin", "two"));
    CHECK(store.certificate("kid")->pem == "pem");
    store.put_clearance("I610404-01", 9, "vehicle", "cleared");
    CHECK(hub::damaged_rows(database) == 0);
}

TEST_CASE("a hub's database of every earlier form is taken over whole") {
    test::TestHub t;
    test::Source source{"I610404-01"};
    source.join(t);
    const std::string day = "2026-03-02T09:00:00+08:00", csv = "time_s,state,co_pct\n0,test,1.4\n1,test,1.5\n";
    REQUIRE(source.send(t, {test::inspection(1, source.id, day, "fail")}) == std::vector<std::string>{"accepted"});
    REQUIRE(t.put_trace(source.caller(), csv).status == 200);
    REQUIRE(t.clearance(source.caller(), {{"plate", "陕D0T001"}, {"plate_kind", "02"}}).status == 200);
    REQUIRE(t.admin("station_invite", {{"id", source.id}, {"host", "h"}, {"port", "1"}}).status == 200);
    const auto exported = t.exported();
    t.hub.reset();
    const auto file = t.folder.path() / "hub" / "hub.sqlite", today = t.folder.path() / "today.sqlite";
    const auto rows = rows_in(file);
    REQUIRE(rows.size() > 8);
    std::filesystem::rename(file, today);

    for (std::int64_t version = 0; version < hub::store_form().version(); ++version) {
        INFO("version " << version);
        std::filesystem::remove(file);
        write_as(version, today, file);
        t.open();
        CHECK(t.exported() == exported);
        CHECK(t.get(source.caller(), "traces/" + journal::to_hex(journal::sha256(csv))).body == csv);
        CHECK(t.clean());
        t.hub.reset();
        CHECK(rows_in(file) == rows);
        sqlite::Database database(file);
        auto alarms = database.prepare("SELECT COUNT(*), MAX(times), SUM(times) FROM alarms");
        REQUIRE(alarms.step());
        CHECK(alarms.integer(0) == 2);
        CHECK(alarms.integer(1) == 2);
        CHECK(alarms.integer(2) == 3);
    }
}

TEST_CASE("a hub from before versions were kept holds what it held") {
    test::TestHub t;
    const auto file = t.folder.path() / "hub" / "hub.sqlite";
    const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
    t.add("I610404-01", key.public_key());
    const auto before = t.exported();
    t.hub.reset();
    CHECK(version_in(file) == newest);
    // Accounts, invitations, certificates, figures of traces and digests came later than the first hubs.
    change(file,
           "DROP TABLE accounts; DROP TABLE account_links; DROP TABLE recovery_codes; DROP TABLE grants; DROP TABLE "
           "sessions; DROP TABLE sign_ins_failed; DROP TABLE audit");
    change(
        file,
        "DELETE FROM meta WHERE name = 'schema_version'; DROP TABLE invites; DROP TABLE trace_figures; ALTER TABLE "
        "meta DROP COLUMN digest; ALTER TABLE segments DROP COLUMN digest; ALTER TABLE traces DROP COLUMN digest; DROP "
        "TABLE certificates");
    t.open();
    CHECK(t.exported() == before);
    CHECK(t.admin("station_invite", {{"id", "I610404-02"},
                                     {"name", "x"},
                                     {"hours", 1},
                                     {"host", "h"},
                                     {"port", "1"},
                                     {"valid_from", "2020-01-01"}})
              .status == 200);
    CHECK(t.clean());
    t.hub.reset();
    CHECK(version_in(file) == newest);
}

TEST_CASE("a hub's database of a newer program is refused") {
    test::TestHub t;
    const auto file = t.folder.path() / "hub" / "hub.sqlite";
    t.hub.reset();
    change(file, "UPDATE meta SET value = '99' WHERE name = 'schema_version'");
    CHECK_THROWS_WITH(t.open(), Catch::Contains("hub.sqlite") && Catch::Contains("newer program"));
    CHECK(version_in(file) == "99");
}
