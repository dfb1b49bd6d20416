// What fails inside the hub fails alone: the segment, the errand, the request; and what is refused again is counted.
#include <catch2/catch.hpp>
#include <future>

#include "hub/limits.hpp"
#include "hub/loop/building.hpp"
#include "hub/writer.hpp"
#include "journal/encoding.hpp"
#include "journal/json.hpp"
#include "sqlite/sqlite.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;
using test::code_of;

namespace {

constexpr const char* at = "2026-03-02T09:00:00+08:00";

struct Writing {
    test::TempDir folder;
    hub::Store store{folder.path() / "hub.sqlite"};
    hub::StoredRows rows{store.database()};
    hub::LoopState loop{&rows};
    journal::PrivateKey key = journal::PrivateKey::generate(journal::Algorithm::es256);
    hub::Writer writer{store, rows, loop, key, {}};

    Writing() { hub::make_tables(rows); }

    /// `spoil` has the last say on what admission found.
    std::future<hub::Answer> offer(test::Source& source, const std::vector<json>& records,
                                   const std::function<void(hub::Arrival&)>& spoil = {}) {
        std::vector<std::string> lines;
        for (const auto& r : records) lines.push_back(r.dump());
        hub::Arrival a;
        a.bytes = std::make_shared<const std::string>(source.segment(lines));
        a.segment = journal::parse_segment(*a.bytes).value();
        a.received_at = loop::parse_moment(at).value();
        for (const auto line : a.segment.lines) a.admitted.push_back(loop::admit(line, source.id, a.received_at));
        if (spoil) spoil(a);
        const auto answered = std::make_shared<std::promise<hub::Answer>>();
        a.done = [answered](hub::Answer answer) { answered->set_value(std::move(answer)); };
        writer.offer(std::move(a));
        return answered->get_future();
    }
};

json alarms(const test::TestHub& t) {
    sqlite::Database database(t.folder.path() / "hub" / "hub.sqlite");
    auto s = database.prepare("SELECT COUNT(*), COALESCE(SUM(times), 0), COALESCE(SUM(LENGTH(bytes)), 0) FROM alarms");
    s.step();
    return {s.integer(0), s.integer(1), s.integer(2)};
}

}  // namespace

TEST_CASE("a segment that fails when half of it is taken in is answered 500, and memory is as the store") {
    Writing t;
    test::Source one{"I610404-01"}, bad{"I610404-02"}, other{"I610404-03"};
    auto first = t.offer(one, {test::inspection(1, one.id, at, "fail")});
    CHECK(first.get().status == 200);
    auto second = t.offer(
        bad, {test::inspection(2, bad.id, at, "fail"), test::claim(3, bad.id, at, test::record_id(2), "choose")},
        [](hub::Arrival& a) {
            a.admitted.at(1).kind = loop::Kind::price_list;
            a.admitted.at(1).fact.detail = "\x01";  // of a list that ends too soon
        });
    auto third = t.offer(other, {test::inspection(2, other.id, at, "fail")});
    const auto failed = second.get();
    CHECK(code_of(failed) == "500 internal_error");
    CHECK(failed.cause.find("ends too soon") != std::string::npos);
    CHECK(hub::as_sent(failed).body.find("ends too soon") == std::string::npos);
    // What was rolled back is a duplicate for no one.
    CHECK(journal::parse_receipt(third.get().body).value().outcomes.at(0).status == journal::Status::accepted);
    CHECK(t.loop.chain(bad.id, bad.epoch) == nullptr);
    CHECK(t.store.segments() == 2);
    CHECK(t.loop.position() == 2);
    CHECK(hub::Store(t.folder.path() / "hub.sqlite").position() == 2);
}

TEST_CASE("a segment with a row that the store can't hold is answered 500, and those beside it are stored") {
    Writing t;
    const auto made = t.writer.done([](hub::Store& to, hub::LoopState&) {
        to.database().execute(
            "CREATE TRIGGER refuses BEFORE INSERT ON segments WHEN NEW.source_id = 'I610404-02' BEGIN "
            "SELECT RAISE(ABORT, 'not to be held'); END");
        return hub::Answer{};
    });
    REQUIRE(made.status == 200);
    test::Source one{"I610404-01"}, bad{"I610404-02"}, other{"I610404-03"};
    auto first = t.offer(one, {test::inspection(1, one.id, at, "fail")});
    auto second = t.offer(bad, {test::inspection(2, bad.id, at, "fail")});
    auto third = t.offer(other, {test::inspection(3, other.id, at, "fail")});
    CHECK(first.get().status == 200);
    CHECK(code_of(second.get()) == "500 internal_error");
    CHECK(third.get().status == 200);
    CHECK(t.store.segments() == 2);
    CHECK(t.loop.position() == 2);
}

TEST_CASE("an errand that throws is answered 500, and those behind it are done") {
    Writing t;
    const auto run = [&](hub::Writer::Errand errand) {
        std::promise<hub::Answer> answered;
        t.writer.run(std::move(errand), [&](hub::Answer a) { answered.set_value(std::move(a)); });
        return answered.get_future().get();
    };
    CHECK(code_of(run([](auto&, auto&) -> hub::Answer { throw std::runtime_error("boom"); })) == "500 internal_error");
    CHECK(code_of(run([](auto&, auto&) -> hub::Answer {
              return json("\xff").dump().empty() ? hub::Answer{} : hub::Answer{};
          })) == "500 internal_error");
    CHECK(code_of(run([](hub::Store& to, auto&) -> hub::Answer {
              to.database().execute("INSERT INTO meta (name, value) VALUES ('schema_version', 'there already')");
              return {};
          })) == "500 internal_error");
    CHECK(run([](auto&, auto&) { return hub::Answer{}; }).status == 200);
}

TEST_CASE("an answer of the hub is valid UTF-8 whatever is in it") {
    const auto answer = hub::as_sent(hub::problem(400, {"bad", "\xff\xfe 陕\xe9\x99"}));
    CHECK(journal::parsed(answer.body).at("detail") == "\xef\xbf\xbd\xef\xbf\xbd 陕\xef\xbf\xbd");
}

TEST_CASE("the same fork twenty times is one alarm with a count, sealed anew or not") {
    test::TestHub t;
    test::Source source{"I610404-01"};
    source.join(t);
    const auto start = source;
    REQUIRE(source.send(t, {test::inspection(1, source.id, at, "fail")}) == std::vector<std::string>{"accepted"});
    auto large = test::inspection(2, source.id, at, "fail");
    large["remark"] = std::string(100'000, 'x');
    for (int n = 0; n < 20; ++n) {
        auto fork = start;
        CHECK(fork.send(t, {large}) == std::vector<std::string>{"409 journal_fork"});
        t.now += loop::day_ms;
    }
    const auto once = alarms(t);
    CHECK(once[0] == 1);
    CHECK(once[1] == 20);
    CHECK(once[2] < 10'000);
    // Further ones of the epoch are kept as far as the limit goes, then counted.
    for (int n = 0; n < 30; ++n) {
        auto fork = start;
        CHECK(fork.send(t, {test::inspection(10 + n, source.id, at, "fail")}) ==
              std::vector<std::string>{"409 journal_fork"});
    }
    CHECK(alarms(t)[0] == hub::alarms_of_epoch_max + 1);
    CHECK(alarms(t)[1] == 50);
    CHECK(t.clean());
    t.reopen();
    CHECK(t.clean());
}

TEST_CASE("what waits for a thread is bounded in number and in bytes, and beyond it is answered busy") {
    test::TestHub t;
    test::Source source{"I610404-01"};
    source.join(t);
    std::promise<void> go;
    const auto gone = go.get_future().share();
    std::atomic<int> held = 0;
    const auto block = [&] {  // both threads of admission wait in their answers
        t.ask(source.caller(), t.to_send("POST", "journal", "x"),
              [&, gone](const hub::Answer&) { ++held, gone.wait(); });
    };
    std::vector<std::future<int>> answers;
    const auto send = [&](std::size_t bytes) {
        const auto answered = std::make_shared<std::promise<int>>();
        answers.push_back(answered->get_future());
        t.ask(source.caller(), t.to_send("POST", "journal", std::string(bytes, 'x')),
              [answered](const hub::Answer& a) { answered->set_value(a.status); });
    };
    block();
    block();
    for (std::size_t n = 0; n + 2 < hub::waiting_segments_max; ++n) send(1);
    send(1);
    CHECK(answers.back().get() == 503);
    answers.pop_back();
    CHECK(t.metrics().find("imloop_waiting_segments 64\n") != std::string::npos);
    go.set_value();
    for (auto& answer : answers) CHECK(answer.get() == 400);
}

TEST_CASE("of eight mebibytes each, no more than eight segments wait") {
    test::TestHub t;
    test::Source source{"I610404-01"};
    source.join(t);
    std::promise<void> go;
    const auto gone = go.get_future().share();
    for (int n = 0; n < 2; ++n)
        t.ask(source.caller(), t.to_send("POST", "journal", std::string(8 << 20, 'x')),
              [gone](const hub::Answer&) { gone.wait(); });
    std::vector<int> at_once;
    std::mutex mutex;
    for (int n = 0; n < 118; ++n)
        t.ask(source.caller(), t.to_send("POST", "journal", std::string(8 << 20, 'x')), [&](const hub::Answer& a) {
            const std::lock_guard guard(mutex);
            at_once.push_back(a.status);
        });
    {
        const std::lock_guard guard(mutex);
        CHECK(std::ranges::count(at_once, 503) == 112);
    }
    CHECK(t.metrics().find("imloop_waiting_bytes_peak 67108864\n") != std::string::npos);
    go.set_value();
    t.hub.reset();
    CHECK(at_once.size() == 118);
}

TEST_CASE("notes of clearances that wait for the writer are bounded: beyond, whoever asks waits with them") {
    test::TestHub t;
    test::Source source{"I610404-01"};
    source.join(t);
    std::promise<void> go;
    t.hub->writer->run(
        [gone = go.get_future().share()](hub::Store&, hub::LoopState&) {
            gone.wait();
            return hub::Answer{};
        },
        [](const hub::Answer&) {});
    const nlohmann::json vehicle{{"plate", "陕D0T001"}, {"plate_kind", "02"}};
    for (std::size_t n = 0; n < hub::waiting_notes_max; ++n) CHECK(t.clearance(source.caller(), vehicle).status == 200);
    CHECK(t.metrics().find("imloop_waiting_notes " + std::to_string(hub::waiting_notes_max) + "\n") !=
          std::string::npos);
    const auto answered = std::make_shared<std::promise<int>>();
    auto request = t.to_send("POST", "clearances", vehicle.dump());
    t.ask(source.caller(), std::move(request), [answered](const hub::Answer& a) { answered->set_value(a.status); });
    go.set_value();
    CHECK(answered->get_future().get() == 200);
    std::int64_t kept = 0;
    t.hub->writer->done([&](hub::Store& store, hub::LoopState&) {
        auto s = store.database().prepare("SELECT COUNT(*) FROM clearances");
        s.step();
        kept = s.integer(0);
        return hub::Answer{};
    });
    CHECK(kept == hub::waiting_notes_max + 1);
}
