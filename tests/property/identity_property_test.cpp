// Identity in worlds dense with slips: asking changes nothing and answers as storing would; any order and any batches
// give the same vehicles, and what settle() says has changed is what has.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "loop/identity.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "tests/support/identity_worlds.hpp"

using namespace imloop;
using test::Dice;
using test::words;
using test::world;

namespace {

loop::Identity settled(const std::vector<loop::Fact>& facts) {
    loop::Identity out;
    for (const auto& f : facts) out.put(f);
    out.settle();
    return out;
}

/// What settle() has said so far, put together.
struct Reader {
    std::map<std::string, loop::Vehicle> vehicles;
    std::set<std::string> review;
    void follow(loop::Identity& identity) {
        const auto changes = identity.settle();
        for (const auto& id : changes.gone) vehicles.erase(id);
        for (const auto& id : changes.present) vehicles[id] = *identity.vehicle(id);
        for (const auto& id : changes.review_added) review.insert(id);
        for (const auto& id : changes.review_removed) review.erase(id);
    }
};

}  // namespace

TEST_CASE("asking where words stand answers as storing a record with them in a copy, and changes nothing",
          "[identity]") {
    CHECK(rc::check([](const std::vector<unsigned>& numbers) {
        Dice dice{numbers};
        const auto asked = words(dice);
        const loop::Moment moment = dice.roll(12) * loop::day_ms / 2;
        auto facts = world(dice);
        const auto identity = settled(facts);
        const auto before = identity.vehicles();
        const auto place = identity.place(asked, moment);
        RC_ASSERT(identity.vehicles() == before);

        loop::Fact stored;
        stored.record_id = "~";
        stored.occurred_at = moment;
        stored.vehicle = asked;
        facts.push_back(stored);
        const auto copy = settled(facts);
        const auto review = copy.review();
        const auto vehicle = copy.vehicle(copy.vehicle_of("~"));
        std::vector<std::string> others;
        for (const auto& e : vehicle->records)
            if (e.record_id != "~") others.push_back(e.record_id);
        if (std::ranges::binary_search(review, "~")) {
            RC_ASSERT(place.kind == loop::Placement::Kind::review);
        } else {
            RC_ASSERT(place.kind == (others.empty() ? loop::Placement::Kind::none : loop::Placement::Kind::vehicle));
            RC_ASSERT(place.records == others);
            if (!others.empty())
                RC_ASSERT(std::ranges::any_of(
                    others, [&](const auto& id) { return identity.vehicle_of(id) == place.vehicle_id; }));
        }
    }));
}

TEST_CASE("any order, any batches, records put again and taken away: the same vehicles, and the changes tell them",
          "[identity]") {
    CHECK(rc::check([](const std::vector<unsigned>& numbers, unsigned seed) {
        Dice dice{numbers};
        auto facts = world(dice);
        const auto expected = settled(facts);
        std::mt19937 random(seed);
        std::ranges::shuffle(facts, random);
        loop::Identity live;
        Reader reader;
        for (std::size_t i = 0; i < facts.size(); ++i) {
            live.put(facts[i]);
            if (random() % 2 == 0) reader.follow(live);
            auto other = facts[random() % facts.size()];
            if (random() % 3 == 0) {
                other.occurred_at = static_cast<loop::Moment>(random() % 6) * loop::day_ms;
                live.put(other);
            }
            if (random() % 2 == 0) reader.follow(live);
            if (random() % 4 == 0) live.erase(facts[random() % facts.size()].record_id);
        }
        for (const auto& f : facts) live.put(f);
        reader.follow(live);
        RC_ASSERT(live.vehicles() == expected.vehicles());
        RC_ASSERT(live.review() == expected.review());
        std::vector<loop::Vehicle> told;
        for (const auto& [id, v] : reader.vehicles) told.push_back(v);
        RC_ASSERT(told == expected.vehicles());
        RC_ASSERT(std::vector<std::string>(reader.review.begin(), reader.review.end()) == expected.review());
    }));
}

namespace {

/// VINs that are slips of each other in every way, proven and not.
const std::vector<std::string>& slipping_vins() {
    static const auto vins = [] {
        std::vector<std::string> out{"LSVAA49J4G2000017"};
        const auto proven = loop::proven_slips(out.front());
        for (const std::size_t i : {0U, 7U, 20U, 21U, 30U}) out.push_back(proven.at(i));
        for (std::size_t i = 0; i < 4; ++i) {
            auto missing = out[i], doubled = out[i], changed = out[i];
            missing.erase(4, 1);
            doubled.insert(4, 1, 'A');
            changed.back() = changed.back() == '9' ? '8' : '9';
            out.insert(out.end(), {missing, doubled, changed});
        }
        return out;
    }();
    return vins;
}

/// docs/identity.md, rows 1, 2, 4 and 7, by comparing every VIN with every other.
struct EveryPair {
    struct Node {
        std::string vin;
        std::vector<loop::Fact> facts;
    };
    std::vector<Node> nodes;
    std::vector<std::size_t> group;

    explicit EveryPair(const std::map<std::string, loop::Fact>& facts) {
        std::map<std::string, Node> by_key;
        for (const auto& [id, f] : facts) {
            const auto plate = loop::comparable_plate(f.vehicle->plate);
            const auto& vin = f.vehicle->vin;
            auto& node = by_key[vin.size() == 17 ? vin : vin + "|" + (plate.empty() ? id : plate)];
            node.vin = vin;
            node.facts.push_back(f);
        }
        for (auto& [key, node] : by_key) nodes.push_back(std::move(node));
        for (std::size_t i = 0; i < nodes.size(); ++i) group.push_back(i);
        for (std::size_t i = 0; i < nodes.size(); ++i)
            for (std::size_t j = 0; j < nodes.size(); ++j)
                if (near(i, j) && joined(i, j)) std::ranges::replace(group, group[i], group[j]);
    }
    bool near(std::size_t a, std::size_t b) const { return loop::one_slip_apart(nodes[a].vin, nodes[b].vin); }
    bool proven(std::size_t n) const { return loop::vin_proven(nodes[n].vin); }
    template <typename Agree>
    bool any(std::size_t a, std::size_t b, const Agree& agree) const {
        return std::ranges::any_of(nodes[a].facts, [&](const auto& f) {
            return std::ranges::any_of(nodes[b].facts, [&](const auto& g) { return agree(*f.vehicle, *g.vehicle); });
        });
    }
    bool share_plate(std::size_t a, std::size_t b) const {
        return any(a, b, [](const loop::VehicleWords& f, const loop::VehicleWords& g) {
            const bool kinds = f.plate_kind.empty() || g.plate_kind.empty() || f.plate_kind == g.plate_kind;
            return kinds && !f.plate.empty() && loop::comparable_plate(f.plate) == loop::comparable_plate(g.plate);
        });
    }
    bool by_engine(std::size_t bare, std::size_t other) const {
        if (std::ranges::any_of(nodes[bare].facts, [](const auto& f) { return !f.vehicle->plate.empty(); }))
            return false;
        std::size_t known = 0;
        for (std::size_t i = 0; i < nodes.size(); ++i) known += near(bare, i) ? 1 : 0;
        return known == 1 && any(bare, other, [](const auto& f, const auto& g) {
                   return !f.engine_no.empty() && f.engine_no == g.engine_no;
               });
    }
    bool joined(std::size_t a, std::size_t b) const {
        return !(proven(a) && proven(b)) && (share_plate(a, b) || by_engine(a, b) || by_engine(b, a));
    }
    std::set<std::set<std::string>> vehicles() const {
        std::map<std::size_t, std::set<std::string>> out;
        for (std::size_t i = 0; i < nodes.size(); ++i)
            for (const auto& f : nodes[i].facts) out[group[i]].insert(f.record_id);
        std::set<std::set<std::string>> sets;
        for (const auto& [g, ids] : out) sets.insert(ids);
        return sets;
    }
    std::vector<std::string> review() const {
        std::vector<std::string> out;
        for (std::size_t i = 0; i < nodes.size(); ++i)
            for (std::size_t j = 0; j < nodes.size(); ++j)
                if (near(i, j) && group[i] != group[j] && (!proven(i) || share_plate(i, j))) {
                    for (const auto& f : nodes[i].facts) out.push_back(f.record_id);
                    break;
                }
        std::ranges::sort(out);
        return out;
    }
};

}  // namespace

TEST_CASE("slips found by what is kept of loose VINs are those of comparing every VIN with every other", "[identity]") {
    CHECK(rc::check([](const std::vector<unsigned>& numbers) {
        Dice dice{numbers};
        loop::Identity identity;
        std::map<std::string, loop::Fact> facts;
        const auto& vins = slipping_vins();
        while (dice.at < numbers.size()) {
            const auto id = "r" + std::to_string(dice.roll(24));
            if (dice.roll(4) == 0) {
                identity.erase(id);
                facts.erase(id);
            } else {
                constexpr const char* plates[] = {"", "陕D0T001", "陕D0T002", "陕DOT00I"};
                constexpr const char* kinds[] = {"02", "", "01"};
                constexpr const char* engines[] = {"", "E1", "E2"};
                loop::Fact f;
                f.record_id = id;
                f.kind = loop::Kind::inspection;
                f.inspection.emplace();
                f.vehicle = loop::VehicleWords{vins[dice.roll(static_cast<unsigned>(vins.size()))],
                                               dice.pick(plates),
                                               dice.pick(kinds),
                                               dice.pick(engines),
                                               "",
                                               ""};
                identity.put(f);
                facts.insert_or_assign(id, f);
            }
            if (dice.roll(3) != 0) continue;
            identity.settle();
            const EveryPair expected(facts);
            std::set<std::set<std::string>> found;
            for (const auto& v : identity.vehicles()) {
                std::set<std::string> records;
                for (const auto& e : v.records) records.insert(e.record_id);
                found.insert(std::move(records));
            }
            RC_ASSERT(found == expected.vehicles());
            RC_ASSERT(identity.review() == expected.review());
        }
    }));
}
