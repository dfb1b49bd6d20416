// Readers beside the writer: each is of one moment, waits for nobody, and knows nothing that is not committed.
#include "hub/readers.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "hub/writer.hpp"
#include "journal/json.hpp"
#include "tests/support/source.hpp"

using namespace imloop;
using nlohmann::json;

namespace {

struct Beside {
    test::TempDir folder;
    hub::Store store{folder.path() / "hub.sqlite"};
    hub::StoredRows rows{store.database()};
    hub::LoopState loop{&rows};
    journal::PrivateKey key = journal::PrivateKey::generate(journal::Algorithm::es256);
    std::optional<hub::Readers> readers;
    std::optional<hub::Writer> writer;

    Beside() {
        rows.make(hub::LoopState::table_names());
        readers.emplace(store);
        writer.emplace(store, rows, loop, key, hub::Writer::Calls{});
    }
    hub::Answer put_key(const std::string& source) {
        return writer->done([&](hub::Store&, hub::LoopState& of) {
            of.keys.put({source, key.public_key(), "issued", 1, "r"});
            of.trace_came(source);  // something to settle
            return hub::Answer{};
        });
    }
    std::string source_of(const hub::Reader& reader) const {
        const auto found = reader.loop.keys.find(key.public_key().kid());
        return found ? found->source : "";
    }
};

/// A hub that took one test, stopped.
struct Stopped : test::TestHub {
    test::Source source{"I610404-01"};
    Stopped() {
        source.join(*this);
        REQUIRE(send_one(1) == std::vector<std::string>{"accepted"});
        hub.reset();
    }
    static json a_test(int n) { return test::inspection(n, "I610404-01", "2026-03-02T09:00:00+08:00", "fail"); }
    std::vector<std::string> send_one(int n) { return source.send(*this, {a_test(n)}); }
    hub::Store store() const { return hub::Store(folder.path() / "hub" / "hub.sqlite"); }
};

}  // namespace

TEST_CASE("a reader is of the moment it was lent at; the next one sees what was committed since") {
    Beside b;
    const auto before = b.readers->now(hub::Scope::internal());
    CHECK(b.source_of(*before).empty());
    REQUIRE(b.put_key("I610404-01").status == 200);
    CHECK(b.source_of(*before).empty());
    CHECK(b.source_of(*b.readers->now(hub::Scope::internal())) == "I610404-01");
}

TEST_CASE("while the writer is in the middle of something readers answer, of what is committed") {
    Beside b;
    REQUIRE(b.put_key("I610404-01").status == 200);
    std::promise<void> begun, go;
    std::promise<int> answered;
    b.writer->run(
        [&, gone = go.get_future().share()](hub::Store& store, hub::LoopState& of) {
            of.keys.put({"I610404-02", b.key.public_key(), "issued", 2, "r"});
            of.trace_came("x");
            store.put_clearance("I610404-02", 1, "v", "cleared");
            begun.set_value();
            gone.wait();
            return hub::Answer{};
        },
        [&](const hub::Answer& a) { answered.set_value(a.status); });
    begun.get_future().wait();
    CHECK(b.source_of(*b.readers->now(hub::Scope::internal())) == "I610404-01");
    go.set_value();
    CHECK(answered.get_future().get() == 200);
    CHECK(b.source_of(*b.readers->now(hub::Scope::internal())) == "I610404-02");
}

TEST_CASE("what an errand that throws has changed is in neither the rows nor the writer's own view") {
    Beside b;
    REQUIRE(b.put_key("I610404-01").status == 200);
    const auto failed = b.writer->done([&](hub::Store& store, hub::LoopState& of) -> hub::Answer {
        of.keys.put({"I610404-02", b.key.public_key(), "issued", 2, "r"});
        of.trace_came("x");
        store.put_clearance("I610404-02", 1, "v", "cleared");
        throw std::runtime_error("boom");
    });
    CHECK(test::code_of(failed) == "500 internal_error");
    std::string seen;
    REQUIRE(b.writer
                ->done([&](hub::Store&, hub::LoopState& of) {
                    seen = of.keys.find(b.key.public_key().kid()).value().source;
                    return hub::Answer{};
                })
                .status == 200);
    CHECK(seen == "I610404-01");
    CHECK(b.source_of(*b.readers->now(hub::Scope::internal())) == "I610404-01");
}

TEST_CASE("of notes that share a transaction one that fails takes none along, and each is answered") {
    Beside b;
    std::promise<void> go;
    b.writer->run(
        [gone = go.get_future().share()](hub::Store&, hub::LoopState&) {
            gone.wait();
            return hub::Answer{};
        },
        [](const hub::Answer&) {});
    std::vector<std::promise<int>> answered(5);
    for (int n = 0; n < 5; ++n)
        b.writer->note(
            [n](hub::Store& store, hub::LoopState& of) -> hub::Answer {
                of.trace_came("t" + std::to_string(n));
                store.put_clearance("I610404-01", n, "v", "cleared");
                if (n == 3) throw std::runtime_error("boom");
                return {};
            },
            [&, n](const hub::Answer& a) { answered[n].set_value(a.status); });
    go.set_value();
    std::vector<int> statuses;
    for (auto& one : answered) statuses.push_back(one.get_future().get());
    CHECK(statuses == std::vector{200, 200, 200, 500, 200});
    const auto reader = b.readers->now(hub::Scope::internal());
    auto kept = reader->store.database().prepare("SELECT asked_at FROM clearances ORDER BY asked_at");
    std::vector<std::int64_t> moments;
    while (kept.step()) moments.push_back(kept.integer(0));
    CHECK(moments == std::vector<std::int64_t>{0, 1, 2, 4});
}

TEST_CASE("a hub whose tables are empty fills them at its start, and one more line is as if they had never been") {
    Stopped t;
    {
        auto store = t.store();
        hub::StoredRows(store.database()).clear(hub::LoopState::table_names());
    }
    t.open();
    CHECK(t.clean());
    CHECK(t.source.send(t, {Stopped::a_test(1), Stopped::a_test(2)}) ==
          std::vector<std::string>{"duplicate", "accepted"});
    CHECK(t.clean());
}

TEST_CASE("a row of the loop's tables that a disk changed is answered as damaged, and a rebuild mends it") {
    Stopped t;
    t.store().database().execute("UPDATE loop_records SET value = zeroblob(40)");
    t.open();
    const auto said = journal::parsed(t.admin("verify").body);
    CHECK(said.at("clean") == false);
    CHECK(said.dump().find("loop_records") != std::string::npos);
    const auto report = t.admin("report", {{"report", "vehicle"}, {"plate", "陕D0T001"}});
    CHECK(report.status == 500);
    CHECK(report.body.find("hub rebuild") != std::string::npos);
    CHECK(t.admin("rebuild").status == 200);
    CHECK(t.clean());
    CHECK(t.send_one(2) == std::vector<std::string>{"accepted"});
}
