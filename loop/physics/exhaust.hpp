// What the five gases of a spark-ignition engine say of each other. Dry volume shares, as analysers report them.
#pragma once

#include "loop/physics/fuel.hpp"

namespace imloop::loop::physics {

struct Gas {
    double co_pct = 0;
    double co2_pct = 0;
    double o2_pct = 0;
    double hc_ppm = 0;  ///< as hexane, C6
    double no_ppm = 0;
};

/// CO, CO2 and the carbon of HC, in %.
double carbon_pct(const Gas&);

/// Brettschneider, Bosch Technische Berichte 6 (1979) 4: oxygen there is over oxygen the carbon would need, with the
/// water-gas equilibrium at 3.5. `co2_pct` must be above 0.
double brettschneider_lambda(const Gas&, const Fuel&);

/// The carbon that this much O2, CO, HC and NO leave room for, in %: all dry gases and the nitrogen that came with
/// their oxygen make up 100 %. Outside air in the probe changes both alike; readings scaled together do not. `co2_pct`
/// must be above 0 (it weighs the hydrogen of the water-gas equilibrium alone).
double expected_carbon_pct(const Gas&, const Fuel&);

/// What share of the gas is air that no carbon was burnt with, 0 to 1: of pure exhaust at lambda 1 this is 0, of air 1.
double air_share(const Gas&, const Fuel&);

/// GB 18285-2018, annex of ASM: results are multiplied by the CO2 of undiluted exhaust over that measured, 1 to 3.
double dilution_factor(double co_pct, double co2_pct, std::string_view fuel);

}  // namespace imloop::loop::physics
