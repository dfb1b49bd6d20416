#include "tests/sim/exhaust.hpp"

#include <algorithm>
#include <cmath>

namespace imloop::sim {
namespace {

constexpr double hydrogen = 1.7261, oxygen = 0.0176;  // atoms a carbon atom
constexpr double hexane_pct = 6e-4;                   // carbon of one ppm of hexane, in % by volume
constexpr double nitrogen_of_air = 3.7738;            // with argon, a mole of oxygen
constexpr double oxygen_of_air_pct = 20.95;

double water_term(double co, double co2) { return hydrogen / 4 * 3.5 / (3.5 + co / co2) - oxygen / 2; }

}  // namespace

double* gas_named(Gas& g, std::string_view item) {
    return item == "co"    ? &g.co_pct
           : item == "co2" ? &g.co2_pct
           : item == "o2"  ? &g.o2_pct
           : item == "hc"  ? &g.hc_ppm
           : item == "no"  ? &g.no_ppm
                           : nullptr;
}

double lambda_of(const Gas& g) {
    if (g.co2_pct <= 0.05) return 9.999;
    const double burnt = g.co2_pct + g.co_pct;
    const double had = g.co2_pct + g.co_pct / 2 + g.o2_pct + g.no_ppm / 2e4 + water_term(g.co_pct, g.co2_pct) * burnt;
    return std::min(had / ((1 + hydrogen / 4 - oxygen / 2) * (burnt + hexane_pct * g.hc_ppm)), 9.999);
}

Gas closed(double co, double hc_ppm, double no_ppm, double o2) {
    double co2 = 14;
    for (int i = 0; i < 4; ++i) {
        const double water = water_term(co, co2);
        const double free_hydrogen = hydrogen / 2 * (co2 + co) * (co / co2) / (3.5 + co / co2);
        // All but what CO2 brings itself, each mole of used oxygen with its nitrogen.
        const double others = co + hc_ppm / 1e4 + o2 + no_ppm / 1e4 + free_hydrogen +
                              nitrogen_of_air * (co / 2 + o2 + no_ppm / 2e4 + water * co);
        co2 = (100 - others) / (1 + nitrogen_of_air * (1 + water));
    }
    return {co, co2, o2, hc_ppm, no_ppm};
}

Gas diluted(Gas g, double air) {
    g.co_pct *= 1 - air;
    g.co2_pct *= 1 - air;
    g.hc_ppm *= 1 - air;
    g.no_ppm *= 1 - air;
    g.o2_pct = g.o2_pct * (1 - air) + oxygen_of_air_pct * air;
    return g;
}

Running running(double mileage_km, Random& random) {
    return {random.spread(0.14), random.spread(0.12), random.spread(0.12), 0.06 + 0.12 * random.unit(), mileage_km};
}

Gas petrol_exhaust(const Vehicle& v, Mode mode, const Running& r, double load) {
    struct Raw {
        double co_pct, hc_ppm, no_ppm;
    };
    constexpr Raw of_engine[] = {
        {0.75, 230, 110}, {0.60, 150, 260}, {0.55, 170, 1500}, {0.50, 150, 1350}, {0.85, 210, 1300}};
    const Raw raw = of_engine[static_cast<int>(mode)];
    const double aged = 1 + 0.15 * std::min(r.mileage_km, 400'000.0) / 100'000;
    double co = raw.co_pct * v.dirt_co, hc = raw.hc_ppm * v.dirt_hc * aged, no = raw.no_ppm * v.dirt_no;
    const double loss = v.catalyst_loss;
    co *= loss * 1.2, hc *= loss, no *= loss * 0.9;
    double o2 = r.o2_day, leak = 0;
    for (const auto& d : v.defects) {
        co *= std::pow(d.kind->co, d.severity), hc *= std::pow(d.kind->hc, d.severity);
        no *= std::pow(d.kind->no, d.severity);
        o2 += d.kind->o2_pct * d.severity, leak += d.kind->dilution * d.severity;
    }
    co = std::min(co * r.co_day * (0.4 + 0.6 * load), 7.5);
    hc = std::min(hc * r.hc_day * (0.6 + 0.4 * load), 6000.0);
    no = std::min(no * r.no_day * load, 4200.0);
    // What is not burnt leaves its oxygen; a catalyst with much CO leaves little.
    o2 += 0.45 * co * std::min(1.0, v.catalyst_loss * 3 + 0.2) + hc * 9e-4 * 0.6;
    Gas out = closed(co, hc, no, o2);
    return leak > 0 ? diluted(out, std::min(leak, 0.14)) : out;
}

DieselState diesel_state(const Vehicle& v, double mileage_km, Random& random) {
    constexpr double smoke[] = {0.46, 0.32, 0.17, 0.06}, oxides[] = {820, 700, 520, 210};
    const double worn = 1 + 0.10 * std::min(mileage_km, 800'000.0) / 100'000;
    DieselState out;
    out.opacity_m1 = smoke[v.stage - 3] * v.dirt_smoke * worn * random.spread(0.12);
    out.nox_ppm = oxides[v.stage - 3] * v.dirt_no * random.spread(0.08);
    out.wheel_power_kw = v.model->rated_power_kw * v.wheel_power * random.spread(0.015);
    for (const auto& d : v.defects) {
        out.opacity_m1 *= std::pow(d.kind->opacity, d.severity);
        if (std::string_view(d.kind->code) == "dpf") out.opacity_m1 += 0.7 * d.severity;
        out.nox_ppm *= std::pow(d.kind->nox, d.severity);
        out.wheel_power_kw *= std::pow(d.kind->power, d.severity);
    }
    return out;
}

}  // namespace imloop::sim
