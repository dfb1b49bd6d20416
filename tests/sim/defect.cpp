#include "tests/sim/defect.hpp"

#include <stdexcept>

namespace imloop::sim {
namespace {

constexpr DefectKind kinds[] = {
    // code          diesel share   co   hc   no   o2  dil  opac  pow  nox  dtc      item        system     part    h
    // yuan
    {"catalyst", false, .38, 6.0, 6.0, 6.5, 0, 0, 1.0, 1.00, 1.0, "P0420", "EMI-CAT", "exhaust", "TWC", 2.0, 1450},
    {"oxygen_sensor", false, .20, 11., 3.0, 0.7, 0, 0, 1.0, 1.00, 1.0, "P0135", "EMI-O2S", "exhaust", "O2S-F", 1.0,
     380},
    {"ignition", false, .15, 1.6, 9.0, 0.8, 1.4, 0, 1.0, 1.00, 1.0, "P0301", "IGN-PLUG", "ignition", "PLUG", 1.0, 160},
    {"injector", false, .10, 6.0, 5.0, 0.9, 0, 0, 1.0, 1.00, 1.0, "P0172", "FUE-INJ", "fuel", "INJ", 1.5, 420},
    {"egr", false, .09, 1.0, 1.2, 5.5, 0, 0, 1.0, 1.00, 1.0, "P0401", "EMI-EGR", "exhaust", "EGR", 1.5, 520},
    {"intake_leak", false, .05, 0.8, 3.0, 2.6, 1.1, 0, 1.0, 1.00, 1.0, "P0171", "INT-LEAK", "intake", "GASK", 1.2, 90},
    {"air_filter", false, .02, 5.0, 2.5, 0.8, 0, 0, 1.0, 1.00, 1.0, "", "INT-AIR", "intake", "AIRF", 0.3, 60},
    {"pipe_leak", false, .01, 1.0, 1.0, 1.0, 0, .06, 1.0, 1.00, 1.0, "", "EMI-PIPE", "exhaust", "GASK", 1.0, 120},
    {"injector_d", true, .34, 1, 1, 1, 0, 0, 3.4, 0.96, 1.1, "", "FUE-INJ", "fuel", "INJ", 3.0, 1600},
    {"turbo", true, .12, 1, 1, 1, 0, 0, 2.6, 0.78, 0.9, "P0299", "INT-TURBO", "intake", "", 4.0, 0},
    {"air_filter_d", true, .12, 1, 1, 1, 0, 0, 2.2, 0.92, 0.9, "", "INT-AIR", "intake", "AIRF", 0.5, 180},
    {"dpf", true, .14, 1, 1, 1, 0, 0, 5.0, 0.97, 1.0, "P2002", "EMI-DPF", "exhaust", "DPF", 3.0, 5200},
    {"egr_d", true, .12, 1, 1, 1, 0, 0, 1.2, 0.98, 2.4, "P0401", "EMI-EGR", "exhaust", "EGR", 2.0, 1300},
    {"scr", true, .11, 1, 1, 1, 0, 0, 1.0, 1.00, 3.4, "P20EE", "EMI-SCR", "exhaust", "SCR", 3.0, 6800},
    {"fuel_pump", true, .05, 1, 1, 1, 0, 0, 1.5, 0.58, 0.8, "P0087", "FUE-PUMP", "fuel", "", 5.0, 0},
};

}  // namespace

std::span<const DefectKind> defect_kinds() { return kinds; }

const DefectKind& defect_named(std::string_view code) {
    for (const auto& kind : kinds)
        if (code == kind.code) return kind;
    throw std::invalid_argument("no such defect: " + std::string(code));
}

}  // namespace imloop::sim
