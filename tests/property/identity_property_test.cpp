// Identity in worlds dense with slips: asking changes nothing and answers as storing would; any order and any batches
// give the same vehicles, and what settle() says has changed is what has.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "loop/identity.hpp"

using namespace imloop;

namespace {

/// Throws of a die that shrink: none left is the first side.
struct Dice {
    const std::vector<unsigned>& numbers;
    std::size_t at = 0;
    unsigned roll(unsigned sides) { return at < numbers.size() ? numbers[at++] % sides : 0; }
    template <std::size_t N>
    const char* pick(const char* const (&of)[N]) {
        return of[roll(N)];
    }
};

loop::VehicleWords words(Dice& dice) {
    // Proven and not, one slip apart in a row, short ones, a placeholder; look-alikes and a word for none among plates.
    constexpr const char* vins[] = {"",
                                    "LSVAA49J132000017",
                                    "LSVAA49J132000071",
                                    "LSVAA49J132000018",
                                    "LSVAA49J132000028",
                                    "LSVAA49J13200017",
                                    "LSVAA49J4G2000017",
                                    "LSVAA49J4G2000018",
                                    "LFV2A21K8E4003321",
                                    "ABC1234",
                                    "ABC1235",
                                    "00000000000000000"};
    constexpr const char* plates[] = {"陕D0T001", "", "陕D0T002", "陕DOT00I", "陕D0T003", "无牌"};
    constexpr const char* kinds[] = {"02", "", "01"};
    constexpr const char* engines[] = {"", "E1", "E2"};
    return {dice.pick(vins), dice.pick(plates), dice.pick(kinds), dice.pick(engines), "", ""};
}

loop::Fact fact(Dice& dice, const std::string& id) {
    loop::Fact f;
    f.record_id = id;
    f.occurred_at = dice.roll(12) * loop::day_ms / 2;
    f.day_only = dice.roll(5) == 0;
    constexpr const char* numbers[] = {"", "R1", "R2"};
    switch (dice.roll(6)) {
        case 0:
            f.kind = loop::Kind::decision;
            f.decision = loop::DecisionFact{"record_id",
                                            "r" + std::to_string(dice.roll(12)),
                                            dice.roll(2) == 0 ? "join" : "part",
                                            "r" + std::to_string(dice.roll(12)),
                                            {}};
            return f;
        case 1:
            f.event = loop::EventFact{loop::Event::replated, dice.roll(2) == 0 ? "陕D0T002" : "陕DOT003"};
            break;
        case 2:
            f.repair = loop::RepairFact{"W", dice.pick(numbers), loop::RepairOutcome::repaired, f.occurred_at};
            break;
        default:
            f.inspection =
                loop::InspectionFact{dice.pick(numbers), "", loop::Reason::periodic, loop::Verdict::fail, "asm", 0, {}};
    }
    f.vehicle = words(dice);
    return f;
}

std::vector<loop::Fact> world(Dice& dice) {
    std::vector<loop::Fact> out;
    while (dice.at < dice.numbers.size() && out.size() < 14)
        out.push_back(fact(dice, "r" + std::to_string(out.size())));
    return out;
}

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
        const auto* vehicle = copy.vehicle(copy.vehicle_of("~"));
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
