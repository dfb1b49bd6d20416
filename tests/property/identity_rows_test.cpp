// Identity whose rows lie elsewhere: it answers as one that holds everything, its rows are a function of the set of
// records, and one record more reads what is near it.
#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "loop/identity.hpp"
#include "tests/support/identity_worlds.hpp"
#include "tests/support/rows.hpp"

using namespace imloop;

namespace {

bool same(const loop::Identity::Changes& a, const loop::Identity::Changes& b) {
    return a.gone == b.gone && a.present == b.present && a.review_added == b.review_added &&
           a.review_removed == b.review_removed;
}

bool same(const loop::Placement& a, const loop::Placement& b) {
    return a.kind == b.kind && a.records == b.records && a.vehicle_id == b.vehicle_id;
}

struct Paged {
    test::MapRows rows;
    loop::Identity identity{&rows};

    loop::Identity::Changes settle() {
        auto changes = identity.settle();
        identity.write(rows.take());
        return changes;
    }
    void forget() {
        identity.forget();
        REQUIRE(identity.held() == 0);
        rows.reads = 0;
    }
    void start_again() { identity = loop::Identity(&rows); }
};

}  // namespace

TEST_CASE("identity that forgets between batches, or starts again from its rows, answers as one that holds everything",
          "[identity]") {
    CHECK(rc::check([](const std::vector<unsigned>& numbers, unsigned seed) {
        test::Dice dice{numbers};
        const auto asked = test::words(dice);
        const auto facts = test::world(dice);
        std::mt19937 random(seed);
        Paged paged;
        loop::Identity held;
        const auto settle = [&] {
            RC_ASSERT(same(paged.settle(), held.settle()));
            if (random() % 4 == 0)
                paged.start_again();
            else if (random() % 4 != 0)
                paged.forget();
            RC_ASSERT(same(paged.identity.place(asked, 7), held.place(asked, 7)));
            RC_ASSERT(paged.identity.vehicles() == held.vehicles());
            RC_ASSERT(paged.identity.review() == held.review());
            for (const auto& v : held.vehicles()) {
                RC_ASSERT(paged.identity.vehicle(v.vehicle_id) == v);
                RC_ASSERT(paged.identity.size_of(v.vehicle_id) == v.records.size());
                for (const auto& e : v.records) RC_ASSERT(paged.identity.vehicle_of(e.record_id) == v.vehicle_id);
            }
        };
        for (std::size_t i = 0; i < facts.size(); ++i) {
            auto f = facts[i];
            if (random() % 4 == 0) f.record_id = facts[random() % facts.size()].record_id;
            paged.identity.put(f), held.put(f);
            if (random() % 2 == 0) settle();
            if (random() % 4 != 0) continue;
            const auto& id = facts[random() % facts.size()].record_id;
            paged.identity.erase(id), held.erase(id);
            if (random() % 2 == 0) settle();
        }
        settle();
    }));
}

TEST_CASE("any order, any batches, repeats and what was put by mistake leave the same rows of identity", "[identity]") {
    CHECK(rc::check([](const std::vector<unsigned>& numbers, unsigned seed) {
        test::Dice dice{numbers};
        auto facts = test::world(dice);
        Paged once;
        for (const auto& f : facts) once.identity.put(f);
        once.settle();

        std::mt19937 random(seed);
        std::ranges::shuffle(facts, random);
        Paged live;
        const auto settle = [&] {
            live.settle();
            if (random() % 2 == 0) live.forget();
        };
        for (const auto& f : facts) {
            auto other = facts[random() % facts.size()];
            other.record_id = f.record_id;
            if (random() % 2 == 0) live.identity.put(other);
            if (random() % 2 == 0) settle();
            live.identity.erase(f.record_id);
            if (random() % 2 == 0) settle();
            live.identity.put(f);
            if (random() % 2 == 0) settle();
            const auto& more = facts[random() % facts.size()];
            if (random() % 4 == 0) live.identity.put(more);
        }
        for (const auto& f : facts) live.identity.put(f);
        settle();
        RC_ASSERT(live.rows.tables == once.rows.tables);

        for (const auto& f : facts) {
            live.identity.erase(f.record_id);
            if (random() % 2 == 0) settle();
        }
        settle();
        RC_ASSERT(live.rows.tables.empty());
    }));
}

namespace {

/// Reads for one record more, and for asking where its words stand, with nothing held before.
std::size_t reads_for(Paged& paged, const loop::Fact& f) {
    paged.forget();
    (void)paged.identity.place(*f.vehicle, f.occurred_at);
    const auto asking = paged.rows.reads;
    paged.forget();
    paged.identity.put(f);
    paged.settle();
    return asking + paged.rows.reads;
}

loop::Fact record_of(int number, loop::VehicleWords words) {
    loop::Fact f;
    f.record_id = fmt::format("r{:06}", number);
    f.occurred_at = number * loop::day_ms;
    f.vehicle = std::move(words);
    return f;
}

/// Ten records a vehicle, some without VIN.
loop::VehicleWords fleet_words(int number) {
    const int vehicle = number / 10;
    const auto vin = number % 10 == 9 ? std::string() : fmt::format("LSVAA49J4G2{:06}", vehicle * 137);
    return {vin, fmt::format("陕D{:05}", vehicle), "02", fmt::format("E{}", vehicle), "", ""};
}

}  // namespace

TEST_CASE("one record more reads what is near it, however many others there are", "[identity]") {
    std::map<int, std::size_t> most;
    for (const int count : {200, 4000}) {
        Paged paged;
        for (int i = 0; i < count; ++i) paged.identity.put(record_of(i, fleet_words(i)));
        paged.settle();
        for (int i = 0; i < 20; ++i)
            most[count] = std::max(most[count], reads_for(paged, record_of(count + i, fleet_words(100 + i))));
    }
    CHECK(most[4000] <= most[200] + 20);
    CHECK(most[4000] < 400);
}

TEST_CASE("one record without VIN more reads as much under a plate with thousands as under one with few",
          "[identity]") {
    const loop::VehicleWords whole{"LSVAA49J4G2000017", "陕D0T001", "02", "", "", ""},
        bare{"", "陕D0T001", "", "", "", ""};
    for (const bool is_borne : {false, true}) {
        std::map<int, std::size_t> reads;
        for (const int count : {10, 3000}) {
            Paged paged;
            if (is_borne) paged.identity.put(record_of(0, whole));
            for (int i = 1; i < count; ++i) paged.identity.put(record_of(i, bare));
            paged.settle();
            paged.forget();
            paged.identity.put(record_of(count, bare));
            paged.settle();
            reads[count] = paged.rows.reads;
            CHECK(paged.identity.held() < 40);
        }
        CHECK(reads[3000] == reads[10]);
    }
}
