#include "loop/physics/exhaust.hpp"

#include <algorithm>

namespace imloop::loop::physics {
namespace {

constexpr double water_gas = 3.5;           // CO H2O / (CO2 H2) at which the exhaust freezes
constexpr double hexane_carbon_pct = 6e-4;  // carbon of 1 ppm of hexane
constexpr double nitrogen_of_air = 3.7738;  // with argon, moles a mole of oxygen
constexpr double oxygen_of_air_pct = 20.95;

/// Oxygen in the water of a mole of burnt carbon, less that of the fuel.
double water(const Gas& g, const Fuel& f) {
    return f.hydrogen / 4 * water_gas / (water_gas + g.co_pct / g.co2_pct) - f.oxygen / 2;
}

/// Oxygen that a mole of carbon needs.
double stoichiometric(const Fuel& f) { return 1 + f.hydrogen / 4 - f.oxygen / 2; }

}  // namespace

double carbon_pct(const Gas& g) { return g.co_pct + g.co2_pct + hexane_carbon_pct * g.hc_ppm; }

double brettschneider_lambda(const Gas& g, const Fuel& f) {
    const double burnt = g.co_pct + g.co2_pct;
    const double oxygen = g.co2_pct + g.co_pct / 2 + g.o2_pct + g.no_ppm / 2e4 + water(g, f) * burnt;
    return oxygen / (stoichiometric(f) * carbon_pct(g));
}

double expected_carbon_pct(const Gas& g, const Fuel& f) {
    const double share = g.co_pct / g.co2_pct;
    const double hydrogen = f.hydrogen / 2 * share / (water_gas + share);  // free, a mole of burnt carbon
    // 100 = burnt + HC + O2 + NO + H2 + N2, the nitrogen by the oxygen that all of them hold.
    const double others =
        g.o2_pct * (1 + nitrogen_of_air) + g.no_ppm / 1e4 * (1 + nitrogen_of_air / 2) + g.hc_ppm / 1e4;
    const double oxygen = 1 - share / (1 + share) / 2 + water(g, f);
    return (100 - others) / (1 + hydrogen + nitrogen_of_air * oxygen) + hexane_carbon_pct * g.hc_ppm;
}

double air_share(const Gas& g, const Fuel& f) {
    // Of the oxygen, what the unburnt carbon and CO did not find stays out.
    const double lambda = brettschneider_lambda(g, f);
    const double spare = (lambda - 1) * stoichiometric(f) * carbon_pct(g);
    return std::clamp(spare / oxygen_of_air_pct, 0.0, 1.0);
}

double dilution_factor(double co_pct, double co2_pct, std::string_view fuel) {
    if (co2_pct <= 0) return 3;
    const double other = fuel == "cng" ? 6.64 : fuel == "lpg" ? 5.39 : 4.644;
    const double x = co2_pct / (co2_pct + co_pct);
    return std::clamp(100 * x / (other + 1.88 * x) / co2_pct, 1.0, 3.0);
}

}  // namespace imloop::loop::physics
