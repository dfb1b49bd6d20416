// The lease against a real server: one holder at a time, and no commit of a term that has passed.
#include "hub/sequencer/lease.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "hub/limits.hpp"
#include "hub/store/store.hpp"
#include "tests/support/postgres.hpp"

using namespace imloop;

namespace {

const test::PostgresServer* server() {
    const auto& one = test::PostgresServer::one();
    if (!one.is_there()) WARN("PostgreSQL: skipped, " + one.missing());
    return one.is_there() ? &one : nullptr;
}

void run_out(hub::Store& store) {
    store.database().execute("UPDATE lease SET expires = clock_timestamp() - interval '1 second'");
}

}  // namespace

TEST_CASE("a lease is one hub's at a time, and its term counts the holders") {
    if (server() == nullptr) return;
    const auto place = server()->fresh();
    hub::LeaseRow one(place), other(place);
    CHECK(one.take() == 1);
    CHECK(other.take() == std::nullopt);
    CHECK(one.take() == std::nullopt);
    CHECK(one.renew(1));
    CHECK_FALSE(other.renew(2));
    other.release(2);  // not its own
    CHECK(one.renew(1));
    one.release(1);
    CHECK_FALSE(one.renew(1));
    CHECK(other.take() == 2);
    CHECK_FALSE(one.renew(1));
    CHECK(other.renew(2));
}

TEST_CASE("a lease that ran out is not renewed, and the next one has it") {
    if (server() == nullptr) return;
    const auto place = server()->fresh();
    hub::LeaseRow one(place), other(place);
    hub::Store clock(place);
    CHECK(one.take() == 1);
    run_out(clock);
    CHECK_FALSE(one.renew(1));
    CHECK(other.take() == 2);
}

TEST_CASE("a commit of a term that has passed writes nothing, one of the term that holds renews it") {
    if (server() == nullptr) return;
    const auto place = server()->fresh();
    hub::LeaseRow one(place), other(place);
    hub::Store store(place), clock(place);
    int lost = 0;
    CHECK(one.take() == 1);
    hub::guard(store.database(), 1, [&] { ++lost; });
    const auto put = [&](std::uint64_t n) {
        hub::Transaction transaction(store.database());
        store.put_segment("I610404-01", "e", n, n, "bytes", "receipt");
        transaction.commit();
    };
    put(1);
    clock.database().execute("UPDATE lease SET expires = clock_timestamp() + interval '1 minute' WHERE term = 1");
    put(2);  // its expiry is what it says
    auto s = clock.database().prepare("SELECT (expires < clock_timestamp() + interval '30 seconds')::int FROM lease");
    REQUIRE(s.step());
    CHECK(s.integer(0) == 1);
    run_out(clock);
    CHECK_THROWS_AS(put(3), engine::LeaseLost);
    CHECK(lost == 1);
    CHECK(clock.segments() == 2);
    CHECK(other.take() == 2);
    CHECK_THROWS_AS(put(3), engine::LeaseLost);
    CHECK(clock.segments() == 2);
    CHECK(store.segments() == 2);  // the connection is there to read
}

TEST_CASE("what a holder had locked when it was stopped is free when its lease is over") {
    if (server() == nullptr) return;
    const auto place = server()->fresh();
    hub::LeaseRow one(place), other(place);
    hub::Store store(place), next(place);
    CHECK(one.take() == 1);
    hub::guard(store.database(), 1);
    hub::Transaction open(store.database());
    store.put_segment("I610404-01", "e", 1, 1, "one", "receipt");
    // Nothing more comes from it. The same row of another waits for the server to end that transaction.
    next.put_segment("I610404-01", "e", 1, 1, "two", "receipt");
    CHECK_THROWS_AS(open.commit(), engine::ConnectionLost);
    CHECK(next.segment_with("I610404-01", "e", 1)->bytes == "two");
}

TEST_CASE("a lease that a commit found lost is told as lost") {
    if (server() == nullptr) return;
    const auto place = server()->fresh();
    std::atomic<int> told = 0;
    hub::Lease one(place);
    one.tell([&] { ++told; });
    hub::Store store(place), clock(place);
    one.guard(store.database());
    clock.database().execute("UPDATE lease SET term = 5, expires = clock_timestamp() + interval '1 hour'");
    hub::Transaction transaction(store.database());
    store.put_segment("I610404-01", "e", 1, 1, "one", "receipt");
    CHECK_THROWS_AS(transaction.commit(), engine::LeaseLost);
    CHECK(one.term() == 0);
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (told.load() == 0 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    CHECK(told.load() == 1);
}

TEST_CASE("a lease that is passed on is another's") {
    if (server() == nullptr) return;
    const auto place = server()->fresh();
    hub::Lease one(place), other(place);
    CHECK(one.term() == 1);
    one.pass_on();
    CHECK(other.is_won(std::chrono::minutes(1)));
    CHECK(other.term() == 2);
    CHECK(one.term() == 0);
}

TEST_CASE("a lease is kept by its holder, and another's when that one stops") {
    if (server() == nullptr) return;
    const auto place = server()->fresh();
    hub::Lease one(place), other(place);
    CHECK(one.term() == 1);
    CHECK(other.term() == 0);
    CHECK_FALSE(other.is_won(hub::lease_time + hub::lease_look));
    CHECK(one.term() == 1);
    one.stop();
    CHECK(one.term() == 0);
    CHECK(other.is_won(std::chrono::minutes(1)));
    CHECK(other.term() == 2);
}
