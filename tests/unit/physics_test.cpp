// Exact values by hand, or of real equipment that prints what it computed.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "loop/physics/air.hpp"
#include "loop/physics/dynamometer.hpp"
#include "loop/physics/exhaust.hpp"
#include "loop/physics/plausible.hpp"

using namespace imloop::loop::physics;

namespace {

/// Nothing but burnt fuel at lambda 1: 1 of CO2 on 3.7738 of nitrogen for each mole of oxygen.
Gas burnt(const Fuel& f) { return {0, 100 / (1 + 3.7738 * (1 + f.hydrogen / 4 - f.oxygen / 2)), 0, 0, 0}; }

Gas thinned(Gas g, double air) {
    for (double* pct : {&g.co_pct, &g.co2_pct, &g.hc_ppm, &g.no_ppm}) *pct *= 1 - air;
    g.o2_pct = g.o2_pct * (1 - air) + 20.95 * air;
    return g;
}

}  // namespace

TEST_CASE("lambda follows from the gases as analysers print it") {
    CHECK(brettschneider_lambda({0.02, 9.73, 17.36, 5, 119}, petrol) == Approx(2.25).margin(0.005));
    CHECK(brettschneider_lambda({0.02, 14.49, 1.69, 7, 128}, petrol) == Approx(1.08).margin(0.005));
    CHECK(brettschneider_lambda({0.02, 15.42, 0.07, 5, 160}, petrol) == Approx(1.00).margin(0.005));
    CHECK(brettschneider_lambda({0.14, 13.80, 1.93, 18, 165}, petrol) == Approx(1.09).margin(0.005));
}

TEST_CASE("burnt at lambda 1, every fuel gives lambda 1 and all of its carbon") {
    for (const auto* name : {"petrol", "cng", "lpg", "methanol", "ethanol", "hybrid"})
        for (const auto& fuel : burnt_in_spark_ignition(name)) {
            CHECK(brettschneider_lambda(burnt(fuel), fuel) == Approx(1).margin(1e-12));
            CHECK(carbon_pct(burnt(fuel)) == Approx(expected_carbon_pct(burnt(fuel), fuel)).epsilon(1e-12));
        }
    CHECK(burnt(petrol).co2_pct == Approx(15.70).margin(0.01));
    for (const auto* name : {"diesel", "electric", "other", ""}) CHECK(burnt_in_spark_ignition(name).empty());
}

TEST_CASE("any share of air leaves the balance of carbon and is found as that share") {
    rc::check([] {
        const double air = *rc::gen::inRange(0, 900) / 1000.0;
        const Gas gas = thinned(burnt(petrol), air);
        RC_ASSERT(std::abs(air_share(gas, petrol) - air) < 1e-3);
        RC_ASSERT(std::abs(carbon_pct(gas) / expected_carbon_pct(gas, petrol) - 1) < 5e-3);
    });
}

TEST_CASE("readings scaled together lack the carbon they were scaled by") {
    const Gas whole = burnt(petrol);
    const Gas scaled{0, whole.co2_pct * 0.7, 0, 0, 0};
    CHECK(carbon_pct(scaled) / expected_carbon_pct(scaled, petrol) == Approx(0.7).margin(1e-9));
    CHECK(brettschneider_lambda(scaled, petrol) == Approx(1).margin(1e-12));
}

TEST_CASE("dilution and humidity factors are those that real equipment printed") {
    CHECK(dilution_factor(0.14, 13.80, "petrol") == Approx(1.10).margin(0.005));
    CHECK(humidity_factor({3.8, 14.9, 96.2}) == Approx(0.75).margin(0.005));
    CHECK(dilution_factor(0, 16, "petrol") == 1);
    CHECK(dilution_factor(0, 1, "petrol") == 3);
    CHECK(dilution_factor(0.1, 0, "petrol") == 3);
}

TEST_CASE("water's pressure is that of the steam table") {
    CHECK(saturation_pressure_kpa(0) == Approx(0.6112).margin(0.001));
    CHECK(saturation_pressure_kpa(20) == Approx(2.339).margin(0.01));
    CHECK(saturation_pressure_kpa(40) == Approx(7.384).margin(0.05));
}

TEST_CASE("power at the rollers is force times speed, as a real bench has it") {
    CHECK(roller_power_kw(990.80, 26.17) == Approx(7.20).margin(0.005));
    CHECK(roller_power_kw(513.10, 70.15) == Approx(10.0).margin(0.01));
}

TEST_CASE("a value outside the instrument's range says by how much its unit slipped") {
    const auto co2 = *instrument_range("co2", "%");
    CHECK(co2.holds(15.3));
    CHECK_FALSE(co2.holds(153));
    CHECK(unit_slip(153, co2) == 10);
    CHECK(unit_slip(51000, *instrument_range("power", "kW")) == 100);
    CHECK(unit_slip(0.101, *instrument_range("lambda", "1")) == 0.1);
    CHECK(unit_slip(1e9, co2) == 0);
    CHECK_FALSE(instrument_range("co2", "ppm"));
}
