// Two hubs on one database: what is asked of either is done once, by the one that holds the lease.
#include <catch2/catch.hpp>
#include <future>

#include "hub/limits.hpp"
#include "hub/sequencer/lease.hpp"
#include "hub/sequencer/statements.hpp"
#include "hub/store/place.hpp"
#include "hub/store/rows.hpp"
#include "hub/store/store.hpp"
#include "journal/encoding.hpp"
#include "journal/json.hpp"
#include "service/files.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;
using test::code_of;

namespace {

constexpr const char* at = "2026-03-02T09:00:00+08:00";

bool is_skipped() {
    const auto& server = test::PostgresServer::one();
    if (!server.is_there()) WARN("PostgreSQL: skipped, " + server.missing());
    return !server.is_there();
}

/// `one` holds the lease.
struct Two {
    Two() {
        hub::Hub::init(one.data, "H610400-01", "测试中心", {"localhost"}, one.now, test::PostgresServer::one().fresh());
        std::filesystem::copy(one.data, other.data);
        one.open();
        other.open();
    }
    test::TempDir folder;
    test::HubAt one{folder.path() / "one", test::some_moment}, other{folder.path() / "other", test::some_moment};
    test::Source station{"I610404-01"};
};

bool writes(test::HubAt& t) { return t.metrics().find("imloop_writes 1\n") != std::string::npos; }

template <class Asked>
void eventually(const Asked& is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!is_so() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    CHECK(is_so());
}

std::string list_of(test::HubAt& t) { return t.admin("station_list").body; }

std::string place_of(const test::HubAt& t) { return hub::place_in(t.data, ""); }

std::int64_t rows_in_inbox(hub::Store& store, const std::string& which) {
    auto s = store.database().prepare("SELECT COUNT(*) FROM inbox WHERE " + which);
    s.step();
    return s.integer(0);
}

}  // namespace

TEST_CASE("a segment sent to either hub is receipted once it is committed, with the same bytes when it comes again") {
    if (is_skipped()) return;
    Two t;
    CHECK(writes(t.one));
    CHECK_FALSE(writes(t.other));
    t.station.join(t.other);  // an own line, written by the other one
    const auto sent = t.station.segment({test::inspection(1, t.station.id, at, "fail").dump()});
    const auto receipt = t.other.send(t.station.caller(), sent);
    REQUIRE(receipt.status == 200);
    CHECK(t.one.send(t.station.caller(), sent).body == receipt.body);
    CHECK(t.other.send(t.station.caller(), sent).body == receipt.body);
    // What admission found goes along.
    auto bad = test::inspection(2, t.station.id, at, "fail");
    bad.erase("report_no");
    CHECK(t.station.send(t.other, {bad, test::inspection(3, t.station.id, at, "pass")}) ==
          std::vector<std::string>{"rejected", "accepted"});
    CHECK(t.station.send(t.one, {test::inspection(3, t.station.id, at, "pass")}) ==
          std::vector<std::string>{"duplicate"});
    CHECK(t.one.exported() == t.other.exported());
    CHECK(t.other.clean());
    const json vehicle{{"plate", "陕D0T001"}, {"plate_kind", "02"}};
    CHECK(journal::parsed(t.other.clearance(t.station.caller(), vehicle).body).at("clearance") == "no_open_episode");
}

TEST_CASE("a journal that forks or lacks lines is told so by either hub") {
    if (is_skipped()) return;
    Two t;
    t.station.join(t.one);
    test::Source twin{"I610404-01", t.station.key};
    CHECK(t.station.send(t.one, {test::inspection(1, t.station.id, at, "fail")}) ==
          std::vector<std::string>{"accepted"});
    CHECK(twin.send(t.other, {test::inspection(2, t.station.id, at, "fail")}) ==
          std::vector<std::string>{"409 journal_fork"});
    t.station.segment({"{}"});
    CHECK(t.station.send(t.other, {test::inspection(3, t.station.id, at, "fail")}) ==
          std::vector<std::string>{"409 journal_gap"});
}

TEST_CASE("a source that is revoked at one hub is refused by the other") {
    if (is_skipped()) return;
    Two t;
    t.station.join(t.one);
    CHECK(t.station.send(t.other, {test::inspection(1, t.station.id, at, "fail")}) ==
          std::vector<std::string>{"accepted"});
    CHECK_FALSE(t.other.hub->barred(t.station.caller()));
    CHECK(t.one.admin("station_status", {{"id", t.station.id}, {"status", "revoked"}}).status == 200);
    // Whether it has heard of it or not: the sequencer judges once more.
    CHECK(t.station.send(t.other, {test::inspection(2, t.station.id, at, "fail")}) ==
          std::vector<std::string>{"403 source_revoked"});
    eventually([&] {
        const auto why = t.other.hub->barred(t.station.caller());
        return why && code_of(*why) == "403 source_revoked";
    });
}

TEST_CASE("process data, holds, feedback and commands asked at a front hub are answered by the sequencer") {
    if (is_skipped()) return;
    Two t;
    t.station.join(t.other);
    const std::string csv = "time_s,co_pct\n0,1.4\n";
    const auto sha256 = journal::to_hex(journal::sha256(csv));
    const auto caller = t.station.caller();
    CHECK(t.other.put_trace(caller, csv).status == 200);
    CHECK(t.one.get(caller, "traces/" + sha256).body == csv);
    const auto holds = t.other.get(caller, "holds");
    CHECK(journal::parsed(holds.body).at("items").empty());
    REQUIRE(!holds.headers.empty());
    const auto tag = holds.headers[0].second;
    CHECK(t.other.get(caller, "holds", tag).status == 304);
    CHECK(t.other.get(caller, "feedback").status == 200);
    CHECK(t.other.ask({}, test::HubAt::to_send("POST", "enrolments", "{}")).status == 400);
    CHECK(t.other.set_policy({{"repair_days", 9}}).status == 200);
    CHECK(t.other.admin("report", {{"report", "counties"}, {"form", "json"}}).status == 200);
    CHECK(code_of(t.other.admin("nonsense")) == "404 unknown_command");
    CHECK(t.other.admin("rebuild").status == 200);
    CHECK(t.other.clean());
    CHECK(code_of(t.other.admin("import", {{"path", t.folder.path().string()}, {"restore", {"00"}}})) ==
          "503 not_the_sequencer");
    CHECK(list_of(t.one) == list_of(t.other));
}

TEST_CASE("when the holder ends the other goes on with every journal, and the next one stands by") {
    if (is_skipped()) return;
    Two t;
    t.station.join(t.one);
    CHECK(t.station.send(t.one, {test::inspection(1, t.station.id, at, "fail")}) ==
          std::vector<std::string>{"accepted"});
    t.one.hub.reset();
    // Asked before it has the lease, or after: it waits for the answer all the same.
    CHECK(t.station.send(t.other, {test::inspection(2, t.station.id, at, "pass")}) ==
          std::vector<std::string>{"accepted"});
    CHECK(writes(t.other));
    CHECK(t.other.admin("station_status", {{"id", t.station.id}, {"status", "suspended"}}).status == 200);
    t.one.open();
    CHECK_FALSE(writes(t.one));
    CHECK(t.station.send(t.one, {test::inspection(3, t.station.id, at, "fail")}) ==
          std::vector<std::string>{"accepted"});
    CHECK(t.one.clean());
}

TEST_CASE("what was handed over to one that loses the lease goes back as it came, and whoever has it next answers it") {
    if (is_skipped()) return;
    Two t;
    t.station.join(t.one);
    hub::Store beside(place_of(t.one));
    std::promise<void> begun, go;
    const auto gone = go.get_future().share();
    t.one.hub->writer->run(
        [gone, &begun](hub::Store& of, hub::LoopState&) {
            of.database().execute("SET LOCAL idle_in_transaction_session_timeout = 0");
            begun.set_value();
            gone.wait();
            return hub::Answer{};
        },
        [](const hub::Answer&) {});
    begun.get_future().wait();
    std::vector<std::future<hub::Answer>> answers;
    for (std::size_t n = 0; n < hub::taken_at_once_max; ++n) {
        test::Source source{t.station.id, t.station.key, fmt::format("0192a1b2-0000-7000-8000-{:012d}", n)};
        const auto line = test::inspection(static_cast<int>(n) + 1, source.id, at, "fail").dump();
        const auto answered = std::make_shared<std::promise<hub::Answer>>();
        answers.push_back(answered->get_future());
        t.other.ask(source.caller(), test::HubAt::to_send("POST", "journal", source.segment({line})),
                    [answered](hub::Answer a) { answered->set_value(std::move(a)); });
    }
    const auto all = static_cast<std::int64_t>(answers.size());
    eventually([&] { return rows_in_inbox(beside, "taken > 0") == all; });
    // For all that either knows, a third one has it.
    beside.database().execute("UPDATE lease SET term = term + 1, expires = clock_timestamp() + interval '1 hour'");
    go.set_value();
    eventually([&] { return rows_in_inbox(beside, "taken = 0") == all; });
    CHECK(rows_in_inbox(beside, "TRUE") == all);
    beside.database().execute("UPDATE lease SET expires = '-infinity'");
    for (auto& answer : answers) {
        REQUIRE(answer.wait_for(std::chrono::minutes(1)) == std::future_status::ready);
        CHECK(answer.get().status == 200);
    }
    CHECK(t.one.clean());
}

TEST_CASE("an answer is kept for its front from when it was given, however long it took") {
    if (is_skipped()) return;
    const auto place = test::PostgresServer::one().fresh();
    const hub::LeaseRow tables(place);
    const auto database = hub::connect(place, hub::Use::writing);
    database->prepare(hub::sql::inbox_put)
        .bind(1, "front")
        .bind(2, 1)
        .bind(3, "call")
        .bind(4, "{}")
        .bind_blob(5, "")
        .bind_blob(6, "")
        .run();
    database->execute("UPDATE inbox SET came = came - interval '1 hour'");
    auto answer = database->prepare(hub::sql::inbox_answer);
    answer.bind(1, "front").bind(2, 1).bind(3, "{}").bind_blob(4, "").bind_blob(5, "").run();
    const auto tidy = [&] {
        database->prepare(hub::sql::inbox_tidy).bind(1, std::chrono::seconds(hub::unfetched_max).count()).run();
        auto s = database->prepare("SELECT COUNT(*) FROM inbox");
        s.step();
        return s.integer(0);
    };
    CHECK(tidy() == 1);
    database->execute("UPDATE inbox SET came = came - interval '1 hour'");
    CHECK(tidy() == 0);
}

TEST_CASE("what a disk changes in the inbox is not done, and whoever asked is told") {
    if (is_skipped()) return;
    Two t;
    t.station.join(t.one);
    hub::Store beside(place_of(t.one));
    const std::string words = R"({"source":"I610404-01","at":7,"vehicle_id":"v","answer":"cleared"})";
    const auto put = [&](std::int64_t number, const std::string& bytes) {
        beside.database()
            .prepare(hub::sql::inbox_put)
            .bind(1, "front")
            .bind(2, number)
            .bind(3, "clearance")
            .bind(4, words)
            .bind_blob(5, bytes)
            .bind_blob(6, hub::row_digest({"clearance", words, ""}))
            .run();
    };
    put(1, "");
    put(2, "x");
    eventually([&] { return rows_in_inbox(beside, "answer IS NOT NULL") == 2; });
    CHECK(rows_in_inbox(beside, R"(number = 1 AND answer LIKE '%"status":200%')") == 1);
    CHECK(rows_in_inbox(beside, R"(number = 2 AND answer LIKE '%"status":500%' AND answer LIKE '%damaged%')") == 1);
    auto clearances = beside.database().prepare("SELECT COUNT(*) FROM clearances");
    REQUIRE(clearances.step());
    CHECK(clearances.integer(0) == 1);
}

TEST_CASE("a journal that is imported at a front keeps its order, short segments behind long ones") {
    if (is_skipped()) return;
    Two t;
    t.station.join(t.one);
    std::string bytes;
    int n = 0;
    for (const int size : {100, 1, 100, 1, 100, 1, 100, 1}) {
        std::vector<std::string> lines;
        for (int line = 0; line < size; ++line) lines.push_back(test::inspection(++n, t.station.id, at, "fail").dump());
        bytes += t.station.segment(lines);
    }
    const auto file = t.folder.path() / "I610404-01.ndjson";
    service::replace_file(file, bytes);
    const auto answer = t.other.admin("import", {{"path", file.string()}});
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    CHECK(journal::parsed(answer.body).at("segments") == 8);
}

TEST_CASE("a front answers nothing while the rows are another program's, and goes on when they are as it makes them") {
    if (is_skipped()) return;
    Two t;
    t.station.join(t.one);
    hub::Store beside(place_of(t.one));
    const auto form = beside.meta("loop_form").value();
    const auto made_with = [&](const std::string& other_form) {
        beside.put_meta("loop_form", other_form);
        beside.database().execute("SELECT pg_notify('imloop', 'rows')");
    };
    CHECK_FALSE(t.other.hub->is_cut_off());
    made_with("another");
    eventually([&] { return t.other.hub->is_cut_off(); });
    CHECK(code_of(t.other.hub->barred(t.station.caller()).value()) == "503 store_lost");
    CHECK_FALSE(t.one.hub->is_cut_off());
    made_with(form);
    eventually([&] { return !t.other.hub->is_cut_off(); });
    CHECK_FALSE(t.other.hub->barred(t.station.caller()));
}

TEST_CASE("a hub that starts while the rows are being made is no front before they are whole") {
    if (is_skipped()) return;
    Two t;
    t.station.join(t.one);
    CHECK(t.station.send(t.one, {test::inspection(1, t.station.id, at, "fail")}) ==
          std::vector<std::string>{"accepted"});
    t.other.hub.reset();
    {
        const auto database = hub::connect(place_of(t.one), hub::Use::writing);
        hub::StoredRows(*database).clear(hub::LoopState::table_names());
    }
    auto opened = std::async(std::launch::async, [&] { t.other.open(); });
    t.one.hub.reset();
    opened.get();
    CHECK(t.other.hub->opened_in != 0);  // it made them itself
    CHECK(t.other.clean());
}

TEST_CASE("a hub that would write otherwise than the one that writes does not stand by") {
    if (is_skipped()) return;
    Two t;
    t.other.hub.reset();
    hub::Store(place_of(t.one)).put_meta("loop_form", "another");
    CHECK_THROWS_WITH(t.other.open(), Catch::Contains("its program is another"));
    t.one.hub.reset();
    t.other.open();
    CHECK(writes(t.other));
}
