// An outbox of an earlier program, as its SQL left it, is taken over whole; one of a later program is not touched.
#include <barrier>
#include <catch2/catch.hpp>
#include <future>

#include "journal/chain.hpp"
#include "journal/segment.hpp"
#include "sqlite/sqlite.hpp"
#include "station/outbox.hpp"
#include "tests/support/files.hpp"

using namespace imloop;
using station::Outbox;

namespace {

const std::string epoch = "0192a1b2-0000-7000-8000-00000000aaaa";

/// The tables as they were before versions were kept.
constexpr const char* first_tables = R"sql(
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE lines (seq INTEGER NOT NULL PRIMARY KEY, record_id TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE cuts (first INTEGER NOT NULL PRIMARY KEY, last INTEGER NOT NULL, bytes BLOB NOT NULL, receipt BLOB) STRICT;
CREATE TABLE outcomes (seq INTEGER NOT NULL PRIMARY KEY, status TEXT NOT NULL, outcome TEXT NOT NULL) STRICT;
CREATE TABLE traces (sha256 TEXT NOT NULL PRIMARY KEY, csv BLOB NOT NULL, sent INTEGER NOT NULL) STRICT;
CREATE INDEX lines_record ON lines (record_id);
INSERT INTO meta VALUES ('station_id', 'I610404-01'), ('epoch', '0192a1b2-0000-7000-8000-00000000aaaa');
INSERT INTO lines VALUES (1, 'a', CAST('{"record_id":"a"}' AS BLOB)), (2, 'b', CAST('{"record_id":"b"}' AS BLOB)),
  (3, 'c', CAST('{"record_id":"c"}' AS BLOB));
INSERT INTO outcomes VALUES (1, 'accepted', '{}'), (2, 'rejected', '{"problems":[]}');
INSERT INTO traces VALUES ('00', x'31', 0);
)sql";

Outbox open(const std::filesystem::path& folder) {
    return Outbox(folder, "I610404-01", [] { return std::string("another epoch"); });
}

std::string version_in(const std::filesystem::path& folder) {
    sqlite::Database database(folder / "outbox.sqlite");
    auto s = database.prepare("SELECT value FROM meta WHERE name = 'schema_version'");
    return s.step() ? s.text(0) : "";
}

}  // namespace

TEST_CASE("an outbox from before versions were kept keeps its epoch, lines and outcomes") {
    const test::TempDir folder;
    const auto key = journal::PrivateKey::generate(journal::Algorithm::es256);
    {
        sqlite::Database before(folder.path() / "outbox.sqlite");
        before.execute(first_tables);
        const std::vector<std::string> lines{R"({"record_id":"a"})", R"({"record_id":"b"})"};
        const auto start = journal::chain_start(journal::Algorithm::es256, "I610404-01", epoch);
        const auto sealed = journal::build_segment(key, "I610404-01", epoch, 1, start, lines);
        before.prepare("INSERT INTO cuts VALUES (1, 2, $1, $2)").bind_blob(1, sealed).bind_blob(2, "receipt").run();
    }
    for (int opened = 0; opened < 2; ++opened) {
        auto outbox = open(folder.path());
        CHECK(outbox.epoch() == epoch);
        CHECK(outbox.last() == 3);
        CHECK(outbox.line(2) == R"({"record_id":"b"})");
        const auto queue = outbox.queue(0, 10);
        REQUIRE(queue.size() == 3);
        CHECK(queue[0].status == "accepted");
        CHECK(queue[1].outcome == R"({"problems":[]})");
        CHECK(queue[2].status.empty());
        CHECK(outbox.next_trace()->csv == "1");
        const auto cut = outbox.next_cut(key);
        REQUIRE(cut);
        CHECK(cut->first == 3);
        CHECK(cut->last == 3);
        CHECK(version_in(folder.path()) == "2");
    }
}

TEST_CASE("an outbox of a newer program is refused and not changed") {
    const test::TempDir folder;
    { open(folder.path()).append(R"({"record_id":"a"})", "a").value(); }
    CHECK(version_in(folder.path()) == "2");
    {
        sqlite::Database later(folder.path() / "outbox.sqlite");
        later.execute("UPDATE meta SET value = '3' WHERE name = 'schema_version'; DROP TABLE traces");
    }
    CHECK_THROWS_WITH(open(folder.path()), Catch::Contains("outbox.sqlite") && Catch::Contains("newer program") &&
                                               Catch::Contains("请安装新版程序"));
    sqlite::Database after(folder.path() / "outbox.sqlite");
    CHECK_FALSE(after.prepare("SELECT name FROM sqlite_master WHERE name = 'traces'").step());
    CHECK(version_in(folder.path()) == "3");
}

TEST_CASE("programs that make one database at once all get it") {
    const test::TempDir folder;
    constexpr int programs = 6;
    for (int round = 0; round < 40; ++round) {
        const auto file = folder.path() / std::to_string(round);
        std::barrier together(programs);
        std::vector<std::future<void>> opened;
        for (int n = 0; n < programs; ++n)
            opened.push_back(std::async(std::launch::async, [&] {
                together.arrive_and_wait();
                const sqlite::Database database(file);
            }));
        for (auto& one : opened) CHECK_NOTHROW(one.get());
    }
}
