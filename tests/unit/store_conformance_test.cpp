// What a store's engine promises, asked of both by the same code: SQLite in a file, PostgreSQL on a server of the
// test's own. Where no server can be started PostgreSQL is left out, aloud.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>
#include <set>

#include "hub/store/copy.hpp"
#include "hub/store/kept_tables.hpp"
#include "hub/store/store.hpp"
#include "hub/store/stored_rows.hpp"
#include "loop/rows/key.hpp"
#include "postgres/postgres.hpp"
#include "sqlite/sqlite.hpp"
#include "tests/support/engines.hpp"
#include "tests/support/hub.hpp"

using namespace imloop;
using engine::Savepoint;
using engine::Statement;
using engine::Transaction;

namespace {

using Place = test::StorePlace;
using test::engines;

std::int64_t count(engine::Connection& database, const std::string& table) {
    auto s = database.prepare("SELECT COUNT(*) FROM " + table);
    s.step();
    return s.integer(0);
}

struct Notes {
    explicit Notes(const Place& place) : database(hub::connect(place.url, hub::Use::writing)) {
        database->define("CREATE TABLE notes (number BIGINT NOT NULL PRIMARY KEY, words TEXT NOT NULL, bytes BYTEA);");
    }
    void put(std::int64_t number, std::string_view words = "x") {
        database->prepare("INSERT INTO notes (number, words) VALUES ($1, $2)").bind(1, number).bind(2, words).run();
    }
    std::unique_ptr<engine::Connection> database;
};

}  // namespace

TEST_CASE("a transaction is there whole or not at all, on either engine") {
    ON_BOTH_ENGINES;
    Notes notes(place);
    {
        Transaction given_up(*notes.database);
        notes.put(1);
        CHECK(count(*notes.database, "notes") == 1);
    }
    CHECK(count(*notes.database, "notes") == 0);
    Transaction kept(*notes.database);
    notes.put(2);
    kept.commit();
    CHECK(count(*notes.database, "notes") == 1);
}

TEST_CASE("what a savepoint undoes leaves the rest of the transaction, after a refused row too") {
    ON_BOTH_ENGINES;
    Notes notes(place);
    Transaction transaction(*notes.database);
    notes.put(1);
    {
        const Savepoint part(*notes.database);
        notes.put(2);
        CHECK_THROWS_AS(notes.put(1), engine::Constraint);
    }
    {
        Savepoint part(*notes.database);
        notes.put(3);
        part.release();
    }
    transaction.commit();
    auto s = notes.database->prepare("SELECT number FROM notes ORDER BY number");
    std::vector<std::int64_t> found;
    while (s.step()) found.push_back(s.integer(0));
    CHECK(found == std::vector<std::int64_t>{1, 3});
}

TEST_CASE("a transaction in which a statement failed is never said to be written") {
    ON_BOTH_ENGINES;
    Notes notes(place);
    notes.put(1);
    bool said = false;
    try {
        Transaction transaction(*notes.database);
        notes.put(2);
        CHECK_THROWS_AS(notes.put(1), engine::Constraint);
        transaction.commit();
        said = true;
    } catch (const engine::StoreError&) {
    }
    CHECK(count(*notes.database, "notes") == (said ? 2 : 1));
}

TEST_CASE("values come back as they went in: NULs, UTF-8, the largest and least numbers, nothing") {
    ON_BOTH_ENGINES;
    Notes notes(place);
    const std::string bytes("\0\xff'\\\0", 5), words = "渭城一站 🚗 'quoted' \\x";
    const std::vector<std::int64_t> numbers{INT64_MIN, -1, 0, 255, 256, 4'294'967'296, INT64_MAX};
    for (const auto number : numbers)
        notes.database->prepare("INSERT INTO notes (number, words, bytes) VALUES ($1, $2, $3)")
            .bind(1, number)
            .bind(2, words)
            .bind_blob(3, bytes)
            .run();
    auto s = notes.database->prepare("SELECT number, words, bytes FROM notes ORDER BY number");
    for (const auto number : numbers) {
        REQUIRE(s.step());
        CHECK(s.integer(0) == number);
        CHECK(s.text(0) == std::to_string(number));
        CHECK(s.text(1) == words);
        CHECK(s.text(2) == bytes);
    }
    CHECK_FALSE(s.step());
    notes.database->execute("UPDATE notes SET bytes = NULL");
    REQUIRE(s.step());
    CHECK(s.text(2).empty());
    CHECK(s.integer(2) == 0);
}

TEST_CASE("texts are ordered by their bytes") {
    ON_BOTH_ENGINES;
    Notes notes(place);
    const std::vector<std::string> words{"", "A", "B", "_", "a", "b", "ä", "站"};
    for (std::size_t n = 0; n < words.size(); ++n) notes.put(static_cast<std::int64_t>(n), words[words.size() - 1 - n]);
    auto s = notes.database->prepare("SELECT words FROM notes ORDER BY words");
    std::vector<std::string> found;
    while (s.step()) found.push_back(s.text(0));
    CHECK(found == words);
}

TEST_CASE("rows in bulk are all there, or none where one is refused") {
    ON_BOTH_ENGINES;
    Notes notes(place);
    const char* put = "INSERT INTO notes (number, words) VALUES ($1, $2)";
    const auto row = [](Statement& s, std::size_t n) { s.bind(1, static_cast<std::int64_t>(n % 999)).bind(2, "站"); };
    {
        Transaction transaction(*notes.database);
        notes.database->write_all(put, 999, row);
        transaction.commit();
    }
    CHECK(count(*notes.database, "notes") == 999);
    notes.database->execute("DELETE FROM notes");
    {
        Transaction transaction(*notes.database);
        CHECK_THROWS_AS(notes.database->write_all(put, 1000, row), engine::Constraint);
    }
    CHECK(count(*notes.database, "notes") == 0);
    notes.put(1);
    CHECK(count(*notes.database, "notes") == 1);
}

TEST_CASE("of a server: a text that it can't hold is refused alone, as a row that its table refuses") {
    if (engines().size() < 2) return;
    const Place place(true);
    Notes notes(place);
    Transaction transaction(*notes.database);
    notes.put(1);
    for (const auto words : {std::string_view("a\0b", 3), std::string_view("\xff")}) {
        const Savepoint part(*notes.database);
        CHECK_THROWS_AS(notes.put(2, words), engine::Constraint);
    }
    transaction.commit();
    CHECK(count(*notes.database, "notes") == 1);
}

TEST_CASE("a reader sees one moment beside a writer, waits for nobody and writes nothing") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    store.put_segment("I610404-01", "e", 1, 2, "one", "receipt");
    Transaction writing(store.database());
    store.put_segment("I610404-01", "e", 3, 4, "two", "receipt");
    auto before = store.reader();
    CHECK(before.segments() == 1);
    writing.commit();
    CHECK(before.segments() == 1);
    CHECK(before.position() == 1);
    CHECK(store.reader().segments() == 2);
    CHECK_THROWS_AS(before.put_meta("a", "b"), engine::StoreError);
    store.put_meta("a", "c");
    CHECK(store.meta("a") == "c");
}

TEST_CASE("rows of a projection lie in the order of their keys, whatever bytes these hold") {
    ON_BOTH_ENGINES;
    const auto database = hub::connect(place.url, hub::Use::writing);
    hub::StoredRows rows(*database);
    rows.make({"loop_first", "loop_second"});
    rows.make({"loop_first"});  // where it is there, it stays
    const std::string nul("a\0b", 3);
    const std::vector<std::string> keys{"", nul, "a\x01", "b", "\xc3\x28", "\xff\xff"};
    const auto write = [&](const auto& change) {
        hub::RowBatch batch;
        change(batch.gather());
        Transaction transaction(*database);
        batch.write_to(rows);
        CHECK(batch.tables().empty());
        transaction.commit();
    };
    write([&](const loop::RowChanges& changed) {
        for (const auto& key : keys) changed("loop_first", key, "of " + key);
        changed("loop_second", "b", std::string(100'000, 'x'));
    });
    const auto keys_in = [&](std::string_view from, std::string_view to, std::size_t limit) {
        std::vector<std::string> out;
        for (const auto& [key, bytes] : rows.range("loop_first", from, to, limit)) {
            CHECK(bytes == "of " + key);
            out.push_back(key);
        }
        return out;
    };
    CHECK(keys_in("", "", 100) == keys);
    CHECK(keys_in("", "", 2) == std::vector<std::string>{"", nul});
    CHECK(keys_in(nul, "b", 100) == std::vector<std::string>{nul, "a\x01"});
    CHECK(rows.find("loop_first", nul) == "of " + nul);
    CHECK(rows.find("loop_first", "a") == std::nullopt);
    CHECK(rows.find("loop_second", "b")->size() == 100'000);
    write([&](const loop::RowChanges& changed) {
        changed("loop_first", "b", "other");
        changed("loop_first", nul, std::nullopt);
        changed("loop_first", "c", std::nullopt);  // was never there
    });
    CHECK(rows.find("loop_first", "b") == "other");
    CHECK(rows.find("loop_first", nul) == std::nullopt);
    rows.clear({"loop_first"});
    CHECK(rows.range("loop_first", "", "", 10).empty());
    CHECK(rows.find("loop_second", "b"));
}

TEST_CASE("rows are read and changed in sets, on either engine") {
    ON_BOTH_ENGINES;
    const auto database = hub::connect(place.url, hub::Use::writing);
    const hub::StoredRows rows(*database);
    rows.make({"loop_first", "loop_second"});
    const auto key = [](int n) { return loop::key_of("list", n); };
    std::vector<std::string> all;
    hub::RowBatch batch;
    const auto commit = [&] {
        Transaction transaction(*database);
        batch.write_to(rows);
        transaction.commit();
    };
    for (int n = 0; n < 1000; ++n) batch.gather()("loop_first", all.emplace_back(key(n)), std::to_string(n));
    batch.gather()("loop_first", loop::key_of("other"), std::string(1, '\0'));
    batch.gather()("loop_second", "", "");
    commit();
    const auto sorted = [](std::vector<loop::Rows::Row> found) {
        std::ranges::sort(found);
        return found;
    };
    using Found = std::vector<loop::Rows::Row>;
    CHECK(rows.of_keys("loop_first", all).size() == 1000);
    CHECK(sorted(rows.of_keys("loop_first", {key(3), key(1000), loop::key_of("other")})) ==
          Found{{key(3), "3"}, {loop::key_of("other"), std::string(1, '\0')}});
    CHECK(rows.of_keys("loop_first", {}).empty());
    CHECK(rows.under("loop_first", {loop::key_of("list"), loop::key_of("none")}).size() == 1000);
    CHECK(rows.under("loop_first", {loop::key_of("other"), key(7)}).size() == 2);
    CHECK(rows.under("loop_first", {}).empty());
    CHECK(rows.of_keys("loop_second", {""}) == Found{{"", ""}});
    for (int n = 0; n < 1000; ++n)
        batch.gather()("loop_first", key(n),
                       n < 500 ? std::optional<std::string>() : std::optional<std::string>("now"));
    batch.gather()("loop_second", "never there", std::nullopt);
    commit();
    CHECK(rows.under("loop_first", {loop::key_of("list")}).size() == 500);
    CHECK(rows.find("loop_first", key(999)) == "now");
    batch.gather()("loop_first", key(1), "not committed");
    {
        const Transaction given_up(*database);
        batch.write_to(rows);
        CHECK(rows.of_keys("loop_first", {key(1)}).size() == 1);
    }
    CHECK(rows.of_keys("loop_first", {key(1)}).empty());
}

TEST_CASE("rows made beside others take their place") {
    ON_BOTH_ENGINES;
    const auto database = hub::connect(place.url, hub::Use::writing);
    hub::StoredRows rows(*database), beside(*database, "new_");
    const auto put = [&](const hub::StoredRows& to, const char* key) {
        hub::RowBatch batch;
        batch.gather()("loop_first", key, "x");
        Transaction transaction(*database);
        batch.write_to(to);
        transaction.commit();
    };
    rows.make({"loop_first", "loop_second", "loopy"});
    beside.make({"loop_first"});
    CHECK(database->tables_named("loop_").size() == 2);
    CHECK(database->tables_named("new_") == std::vector<std::string>{"new_loop_first"});
    CHECK(database->tables_named("none_").empty());
    put(rows, "a");
    put(beside, "b");
    CHECK(rows.find("loop_first", "a") == "x");
    CHECK(rows.find("loop_first", "b") == std::nullopt);
    Transaction transaction(*database);
    rows.move_to(*database);  // lets go of what it has prepared
    beside.take_over({"loop_first"});
    transaction.commit();
    for (const auto* now : {&rows, &beside}) {
        CHECK(now->find("loop_first", "a") == std::nullopt);
        CHECK(now->find("loop_first", "b") == "x");
    }
    CHECK_FALSE(database->has_table("new_loop_first"));
    CHECK(database->condition(true) == "ok");
}

TEST_CASE("a row of a projection that a disk changed is named, and no other") {
    ON_BOTH_ENGINES;
    const auto database = hub::connect(place.url, hub::Use::writing);
    hub::StoredRows rows(*database);
    rows.make({"loop_first"});
    hub::RowBatch batch;
    batch.gather()("loop_first", "a", "of a");
    batch.gather()("loop_first", "b", "of b");
    Transaction transaction(*database);
    batch.write_to(rows);
    transaction.commit();
    auto put = database->prepare("UPDATE loop_first SET value = $1 WHERE key = $2");
    for (const std::string_view bytes : {"of c", "", "of a1234567"}) {
        put.bind_blob(1, bytes).bind_blob(2, "a").run();
        CHECK_THROWS_AS(rows.find("loop_first", "a"), loop::BadRow);
        CHECK_THROWS_AS(rows.range("loop_first", "", "", 10), loop::BadRow);
        CHECK(rows.find("loop_first", "b") == "of b");
    }
}

TEST_CASE("a write-ahead file that readers held up begins anew when they are gone") {
    const Place place(false);
    const auto database = hub::connect(place.url, hub::Use::writing);
    hub::StoredRows rows(*database);
    rows.make({"loop_first"});
    const auto size = [&] { return std::filesystem::file_size(place.url + "-wal"); };
    std::string large(8 * 1024 * 1024, 'x');
    const auto write = [&] {
        large.assign(large.size(), large[0] == 'x' ? 'y' : 'x');  // what is the same is not written
        hub::RowBatch batch;
        batch.gather()("loop_first", "a", large);
        Transaction transaction(*database);
        batch.write_to(rows);
        transaction.commit();
        if (database->is_untidy()) database->tidy();
    };
    {
        const auto reader = hub::connect(place.url, hub::Use::reading);
        const Transaction held(*reader, engine::Access::snapshot);
        while (size() <= sqlite::write_ahead_bytes + sqlite::write_ahead_step) write();
        CHECK(rows.find("loop_first", "a") == large);
    }
    for (int n = 0; n < 40; ++n) {
        write();
        CHECK(size() < 2 * sqlite::write_ahead_bytes);
    }
    CHECK(database->condition(true) == "ok");
}

TEST_CASE("segments are read in the order of their positions, page by page") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    for (std::uint64_t n = 1; n <= 50; ++n)
        store.put_segment(n % 2 == 0 ? "I610404-01" : "I610404-02", "e", n, n, std::string(n, '\0'), "receipt");
    std::vector<std::int64_t> positions;
    CHECK(store.each_segment([&](const hub::StoredSegment& s) {
        CHECK_FALSE(s.damaged);
        CHECK(s.bytes.size() == s.first);
        positions.push_back(s.position);
    }) == 50);
    REQUIRE(positions.size() == 50);
    for (std::size_t n = 0; n < 50; ++n) CHECK(positions[n] == static_cast<std::int64_t>(n + 1));
    CHECK(store.each_segment([](const hub::StoredSegment&) { FAIL(); }, 50) == 50);
    const auto page = store.segments_of("I610404-01", 10, 3);
    REQUIRE(page.size() == 3);
    CHECK(page[2].position == 16);
    CHECK(store.segment_with("I610404-02", "e", 7)->position == 7);
    CHECK_FALSE(store.segment_with("I610404-02", "e", 99));
}

TEST_CASE("a store opened again is as it was, and a newer form is refused") {
    ON_BOTH_ENGINES;
    {
        hub::Store store(place.url);
        store.put_meta("hub_id", "H610400-01");
        store.put_segment("I610404-01", "e", 1, 2, "one", "receipt");
        CHECK(hub::damaged_rows(store.database()) == 0);
        CHECK(store.put_alarm("I610404-01", "e", 1, 5, "journal_fork", "bytes"));
        CHECK_FALSE(store.put_alarm("I610404-01", "e", 1, 6, "journal_fork", "bytes"));
    }
    CHECK(hub::holds_hub(place.url));
    {
        hub::Store again(place.url);
        CHECK(again.meta("hub_id") == "H610400-01");
        CHECK(again.position() == 1);
        again.database().execute("UPDATE segments SET source_id = 'I610404-09'");
        CHECK(hub::damaged_rows(again.database()) == 1);
        again.database().execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'");
    }
    CHECK_THROWS_WITH(hub::Store(place.url), Catch::Contains("newer program"));
}

TEST_CASE("a copy as a file holds all that the store holds") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    const std::string csv = "time_s,co_pct\n0,1.4\n";
    const auto sha256 = journal::to_hex(journal::sha256(csv));
    store.put_meta("hub_id", "H610400-01");
    store.put_segment("I610404-01", "e", 1, 2, std::string("a\0b", 3), "receipt");
    store.put_trace(sha256, "I610404-01", 7, csv);
    store.put_figures(sha256, 3, "figures");
    store.put_certificate("kid", {5, "pem"});
    store.put_alarm("I610404-01", "e", 1, 5, "journal_fork", "bytes");
    store.put_invite("code", "I610404-01", 9);
    const auto file = (place.folder.path() / "copy.sqlite").string();
    store.copy_to(file);
    hub::Store copy(file);
    CHECK(copy.meta("hub_id") == "H610400-01");
    CHECK(copy.segment_with("I610404-01", "e", 2)->bytes == std::string("a\0b", 3));
    CHECK(copy.trace(sha256) == csv);
    CHECK(copy.certificate("kid")->pem == "pem");
    CHECK(copy.invited("code", 8) == "I610404-01");
    CHECK_FALSE(copy.put_alarm("I610404-01", "e", 1, 5, "journal_fork", "bytes"));
    CHECK(hub::damaged_rows(copy.database()) == 0);
}

namespace {

const hub::CopyProgress silent = [](const char*, std::int64_t) {};

/// As a hub's, with its key, so many segments and one trace.
void fill(hub::Store& store, std::uint64_t segments) {
    store.put_meta("hub_id", "H610400-01");
    store.put_meta("kid", "k");
    for (std::uint64_t n = 1; n <= segments; ++n)
        store.put_segment("I610404-01", "e", n, n, fmt::format("segment {}", n), "receipt");
    const std::string csv = "time_s,co_pct\n0,1.4\n";
    store.put_trace(journal::to_hex(journal::sha256(csv)), "I610404-01", 7, csv);
    store.put_figures(journal::to_hex(journal::sha256(csv)), 3, "figures");
}

/// All that a copy has to hold.
std::vector<std::string> rows_of(const std::string& place) {
    const auto database = hub::connect(place, hub::Use::reading);
    std::vector<std::string> out;
    for (const auto* all : {"SELECT position, digest FROM segments ORDER BY position",
                            "SELECT sha256, digest FROM traces", "SELECT sha256, digest FROM trace_figures"})
        for (auto s = database->prepare(all); s.step();) out.push_back(s.text(0) + " " + s.text(1));
    for (const auto* table : hub::kept_tables)
        table->each_page(*database, [&](std::span<const hub::FoundRow> rows) {
            for (const auto& one : rows) {
                out.emplace_back(table->name);
                for (const auto& column : one.row) out.back() += " " + column;
            }
        });
    return out;
}

}  // namespace

TEST_CASE("a store is copied to the other engine, and again for what came since") {
    ON_BOTH_ENGINES;
    const Place to(engines().size() == 2 && !is_server);
    hub::Store store(place.url);
    fill(store, 1100);
    store.put_certificate("kid", {5, "pem"});
    store.put_clearance("I610404-01", 4, "vehicle", "cleared");
    {
        Transaction asked(store.database());
        for (int n = 1; n < 1000; ++n) store.put_clearance("I610404-02", n, "vehicle", "cleared");
        asked.commit();
    }
    const auto copied = hub::copy_store(place.url, to.url, silent);
    CHECK(copied.segments == 1100);
    CHECK(copied.traces == 1);
    CHECK(copied.damaged == 0);
    CHECK(rows_of(to.url) == rows_of(place.url));

    store.put_segment("I610404-01", "e", 1101, 1102, "later", "receipt");
    store.put_certificate("kid", {6, "newer"});
    store.put_figures(journal::to_hex(journal::sha256(std::string_view("time_s,co_pct\n0,1.4\n"))), 4, "new figures");
    CHECK(hub::copy_store(place.url, to.url, silent).segments == 1101);
    CHECK(rows_of(to.url) == rows_of(place.url));
    CHECK(hub::Store(to.url).meta(hub::is_backup) == "1");
    CHECK(hub::Store(to.url).meta(hub::is_unfinished) == "");
}

TEST_CASE("a copy that was cut short goes on, a damaged row is copied as it is, and neither is taken for a whole one") {
    ON_BOTH_ENGINES;
    const Place to(is_server);
    hub::Store store(place.url);
    fill(store, 1600);
    store.database().execute("UPDATE segments SET source_id = 'I610404-09' WHERE position = 1300");
    CHECK_THROWS_AS(hub::copy_store(place.url, to.url,
                                    [](const char*, std::int64_t rows) {
                                        if (rows >= 1000) throw std::runtime_error("cut");
                                    }),
                    std::runtime_error);
    CHECK(hub::Store(to.url).segments() == 1000);
    CHECK(hub::Store(to.url).meta(hub::is_unfinished) == "1");
    store.put_certificate("kid", {5, "pem"});
    store.put_certificate("other", {5, "pem"});
    store.database().execute("UPDATE certificates SET pem = 'pen' WHERE kid = 'kid'");
    const auto copied = hub::copy_store(place.url, to.url, silent);
    CHECK(copied.segments == 1600);
    CHECK(copied.damaged == 2);
    CHECK(rows_of(to.url) == rows_of(place.url));
}

namespace {

/// A row of each kept table whose columns are these; of keys 1, 2, ….
hub::KeptRow made_row(const hub::KeptTable& table, int n) {
    hub::KeptRow out;
    for (const auto& column : table.columns)
        out.push_back(column.as == hub::KeptAs::number  ? std::to_string(n)
                      : column.as == hub::KeptAs::bytes ? std::string("\0\xff", 2)
                                                        : fmt::format("{} {:04}", column.name, n));
    return out;
}

}  // namespace

TEST_CASE("every column of a kept table is under its row's digest, and the others are read") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    auto& database = store.database();
    for (const auto* table : hub::kept_tables) {
        for (int n = 1; n <= 3; ++n) table->put(database, made_row(*table, n));
        CHECK(table->damaged(database).empty());
        for (const auto& [name, as] : table->columns) {
            INFO(table->name << "." << name);
            Transaction undone(database);
            const auto where =
                fmt::format("{} = {}", table->columns[0].name,
                            table->columns[0].as == hub::KeptAs::number ? "2" : "'" + made_row(*table, 2)[0] + "'");
            const auto* changed = as == hub::KeptAs::number  ? "{0} + 65536"
                                  : as == hub::KeptAs::bytes ? (is_server ? "'\\x00fe'" : "x'00fe'")
                                                             : "replace({0}, '2', '3') || 'x'";
            database.execute(fmt::format("UPDATE {} SET {} = {} WHERE {}", table->name, name,
                                         fmt::format(fmt::runtime(changed), name), where));
            const auto damaged = table->damaged(database);
            REQUIRE(damaged.size() == 1);
            std::vector<std::string> read;
            const auto take = [&](const Statement& s) { read.push_back(s.text(0)); };
            CHECK_THROWS_AS(table->each(database, "", {}, take), hub::DamagedRow);
            read.clear();
            table->each(database, "", {}, take, hub::Damage::left_out);
            std::ranges::sort(read);
            CHECK(read == std::vector{made_row(*table, 1)[0], made_row(*table, 3)[0]});
            CHECK(hub::damaged_rows(database) == 1);
        }
        database.execute(
            fmt::format("UPDATE {} SET digest = {} WHERE {} = {}", table->name, is_server ? "'\\x00'" : "x'00'",
                        table->columns[0].name,
                        table->columns[0].as == hub::KeptAs::number ? "2" : "'" + made_row(*table, 2)[0] + "'"));
        CHECK(table->damaged(database).size() == 1);
        table->put(database, made_row(*table, 2));  // written anew it is whole
        CHECK(table->damaged(database).empty());
    }
}

TEST_CASE("many rows are walked in the order of their keys, past damaged ones whose keys say otherwise") {
    ON_BOTH_ENGINES;
    hub::Store store(place.url);
    auto& database = store.database();
    {
        Transaction all(database);
        for (int n = 1; n <= 350; ++n) store.put_clearance("I610404-01", 1000 - n, "v", "cleared");
        all.commit();
    }
    std::vector<std::string> keys;
    const auto walked = [&] {
        keys.clear();
        hub::clearances_table.each_page(database, [&](std::span<const hub::FoundRow> rows) {
            for (const auto& one : rows) keys.push_back(one.key);
        });
        return keys.size();
    };
    REQUIRE(walked() == 350);
    for (int n = 0; n < 350; ++n) REQUIRE(keys[static_cast<std::size_t>(n)] == std::to_string(n + 1));
    // The last of a page, twice, and a whole page.
    database.execute("UPDATE clearances SET answer = 'other' WHERE number = 100 OR number > 220");
    CHECK(walked() == 350);
    CHECK(hub::clearances_table.damaged(database).size() == 131);
    CHECK(hub::damaged_rows(database) == 131);
}

TEST_CASE("every table of a database is under something that notices what a disk changes") {
    ON_BOTH_ENGINES;
    const test::TempDir folder;
    hub::Hub::init(folder.path(), "H610400-01", "测试中心", {"localhost"}, 1'770'000'000'000, place.url);
    {
        hub::Hub hub(hub::HubOptions{folder.path(), [] { return loop::Moment{1'770'000'000'000}; }, 1});
    }
    std::set<std::string> others;
    const auto database = hub::connect(place.url, hub::Use::reading);
    for (const auto& name : database->tables_named("")) {
        const auto is_it = [&](const hub::KeptTable* table) { return table->name == name; };
        const bool is_made = name.starts_with("loop_") || name.starts_with("watch_");
        if (!is_made && std::ranges::none_of(hub::kept_tables, is_it)) others.insert(name);
    }
    // What protects each of these is said in docs/storage.md; a new one is kept (kept_tables.hpp), or is added there.
    std::set<std::string> known{"audit",         "codes",   "episode_shops", "episodes", "meta",
                                "registrations", "records", "segments",      "traces",   "trace_figures"};
    if (is_server) known.insert({"flags", "inbox", "lease"});
    CHECK(others == known);
}

TEST_CASE("a whole copy that gets what came since is no whole one until it has all") {
    ON_BOTH_ENGINES;
    const Place to(is_server);
    const auto unfinished = [&] { return hub::Store(to.url).meta(hub::is_unfinished); };
    hub::Store store(place.url);
    fill(store, 3);
    hub::copy_store(place.url, to.url, silent);
    CHECK(unfinished() == "");
    store.put_segment("I610404-01", "e", 4, 4, "later", "receipt");
    CHECK_THROWS_AS(hub::copy_store(place.url, to.url,
                                    [](const char* table, std::int64_t) {
                                        if (std::string_view(table) == "traces") throw std::runtime_error("cut");
                                    }),
                    std::runtime_error);
    CHECK(hub::Store(to.url).segments() == 4);
    CHECK(unfinished() == "1");
    hub::copy_store(place.url, to.url, silent);
    CHECK(unfinished() == "");
    CHECK(rows_of(to.url) == rows_of(place.url));
}

TEST_CASE("a store is copied into nothing but an empty place or its own copy, and that stays as it was") {
    ON_BOTH_ENGINES;
    const Place to(is_server), empty(is_server);
    hub::Store store(place.url);
    CHECK_THROWS_WITH(hub::copy_store(empty.url, to.url, silent), Catch::Contains("holds no hub"));
    fill(store, 3);
    hub::copy_store(place.url, to.url, silent);
    const auto refused = [&](const char* why) {
        const auto before = rows_of(to.url);
        CHECK_THROWS_WITH(hub::copy_store(place.url, to.url, silent), Catch::Contains(why));
        CHECK(rows_of(to.url) == before);
    };
    const auto change = [&](const std::string& name, const std::string& value) {
        hub::Store(to.url).put_meta(name, value);
    };
    change(hub::is_backup, "");
    refused("holds a hub already");  // served since
    change(hub::is_backup, "1");
    change("kid", "another");
    refused("holds a hub already");
    change("kid", "k");
    hub::Store(to.url).put_segment("I610404-01", "e", 4, 4, "of its own", "receipt");
    refused("segments of the copy differs");
    store.put_segment("I610404-01", "e", 4, 4, "another", "receipt");
    refused("segments of the copy differs");
}

TEST_CASE("a hub opens no other hub's database") {
    ON_BOTH_ENGINES;
    test::TempDir folder;
    const auto init = [&](const char* name, const std::string& store) {
        hub::Hub::init(folder.path() / name, "H610400-01", "测试中心", {"localhost"}, 1'770'000'000'000, store);
    };
    init("one", place.url);
    init("two", "");
    hub::HubOptions other{folder.path() / "two", [] { return loop::Moment{1'770'000'000'000}; }, 1};
    other.store = place.url;
    CHECK_THROWS_WITH(hub::Hub(other), Catch::Contains("another hub"));
    other.data = folder.path() / "one";
    CHECK_NOTHROW(hub::Hub(other));
    CHECK_THROWS_WITH(init("three", place.url), Catch::Contains("holds a hub already"));
}

TEST_CASE("a full disk is told as such, and what was committed stays") {
    const Place place(false);
    Notes notes(place);
    notes.put(1);
    notes.database->execute("PRAGMA max_page_count = 10");
    CHECK_THROWS_AS(notes.put(2, std::string(200'000, 'x')), engine::DiskFull);
    CHECK(count(*notes.database, "notes") == 1);
}

TEST_CASE("a place of an unknown kind, and a server too old, are refused") {
    CHECK_THROWS_WITH(hub::is_server("mysql://localhost/hub"), Catch::Contains("unknown database mysql://"));
    CHECK_FALSE(hub::is_server("/var/lib/imloop-hub/hub.sqlite"));
    CHECK_FALSE(postgres::version_problem(150000));
    CHECK(postgres::version_problem(149999)->find("PostgreSQL 14") != std::string::npos);
    CHECK(hub::shown("postgresql://me:secret@h:5433/hub?password=secret") == "postgresql://h:5433/hub");
    CHECK_THROWS_WITH(hub::shown("postgresql://me:secret@h:5433/hub?nonsense=secret"), !Catch::Contains("secret"));
}

TEST_CASE("of a server: a lost connection, no such database, and missing rights have their words") {
    if (engines().size() < 2) return;
    const Place place(true);
    hub::Store store(place.url);
    store.put_segment("I610404-01", "e", 1, 1, "one", "receipt");
    postgres::Database other(test::PostgresServer::one().url("postgres"), postgres::Role::reader);
    const auto cut = [&] {
        auto s = other.prepare(
            "SELECT pg_terminate_backend(pid, 10000)::int FROM pg_stat_activity WHERE datname <> 'postgres'");
        while (s.step()) CHECK(s.integer(0) == 1);
    };
    {
        Transaction transaction(store.database());
        store.put_segment("I610404-01", "e", 2, 2, "two", "receipt");
        cut();
        CHECK_THROWS_AS(transaction.commit(), engine::ConnectionLost);
    }
    CHECK_THROWS_AS(store.segments(), engine::ConnectionLost);
    store.reconnect();
    CHECK(store.segments() == 1);
    CHECK(store.position() == 1);
    store.put_segment("I610404-01", "e", 2, 2, "two", "receipt");
    CHECK(store.segments() == 2);

    const auto& server = test::PostgresServer::one();
    CHECK_THROWS_WITH(hub::Store(server.url("nowhere")),
                      Catch::Contains("can't connect") && Catch::Contains("nowhere"));
    store.database().execute("DROP ROLE IF EXISTS clerk; CREATE ROLE clerk LOGIN");
    CHECK_THROWS_WITH(hub::Store(place.url + "&user=clerk"),
                      Catch::Contains("lacks rights") && Catch::Contains("INSERT ON segments"));
    const Place empty(true);
    CHECK_THROWS_WITH(hub::Store(empty.url + "&user=clerk"), Catch::Contains("CREATE ON SCHEMA public"));
}
