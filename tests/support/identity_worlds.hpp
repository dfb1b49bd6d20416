// Small worlds of records for identity, dense with slips, shared plates, numbers that name each other and decisions.
#pragma once

#include <string>
#include <vector>

#include "loop/fact.hpp"
#include "tests/support/dice.hpp"

namespace imloop::test {

inline loop::VehicleWords words(Dice& dice) {
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

inline loop::Fact fact(Dice& dice, const std::string& id) {
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

inline std::vector<loop::Fact> world(Dice& dice) {
    std::vector<loop::Fact> out;
    while (dice.at < dice.numbers.size() && out.size() < 14)
        out.push_back(fact(dice, "r" + std::to_string(out.size())));
    return out;
}

}  // namespace imloop::test
