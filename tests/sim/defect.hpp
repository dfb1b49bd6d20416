// What can be broken in a vehicle, what it does to the exhaust, and what mends it.
#pragma once

#include <span>
#include <string_view>

namespace imloop::sim {

/// Factors are those of a defect of severity 1; a defect of severity s has the factor raised to the power of s.
struct DefectKind {
    const char* code;
    bool diesel;
    double share;                ///< among the defects of its fuel
    double co, hc, no;           ///< of petrol: at the engine or after the catalyst
    double o2_pct;               ///< added: misfire, air drawn in
    double dilution;             ///< share of air through a leak of the pipe
    double opacity, power, nox;  ///< of diesel
    const char* dtc;             ///< none where the computer does not see it
    const char* item;            ///< of repair, code of the table
    const char* system;
    const char* part;  ///< code of the table; none where only work is done
    double labour_hours, part_price;
};
std::span<const DefectKind> defect_kinds();
const DefectKind& defect_named(std::string_view code);

struct Defect {
    const DefectKind* kind = nullptr;
    double severity = 1;
};

}  // namespace imloop::sim
