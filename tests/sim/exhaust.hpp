// What leaves the pipe: dry concentrations that close on carbon and oxygen, as Brettschneider (1979) has it, and smoke.
#pragma once

#include "tests/sim/fleet.hpp"

namespace imloop::sim {

/// Dry, by volume. HC as hexane.
struct Gas {
    double co_pct = 0, co2_pct = 0, o2_pct = 0, hc_ppm = 0, no_ppm = 0;
};

/// Of an item of readings; null where it is none of these gases.
double* gas_named(Gas&, std::string_view item);
/// Brettschneider's lambda of these concentrations for petrol, as GB 18285-2018 has it (H/C 1.7261, O/C 0.0176).
double lambda_of(const Gas&);
/// CO2 that belongs to these CO, HC, NO and O2: all dry gases of burnt petrol make up 100 %.
Gas closed(double co_pct, double hc_ppm, double no_ppm, double o2_pct);
/// With a share of air in it, by a leak or a badly placed probe.
Gas diluted(Gas, double air_share);

enum class Mode { idle, high_idle, asm_5025, asm_2540, cycle };

/// A petrol vehicle, warm. `day` varies from test to test, 1 in the middle; `load` from 0.6 to 1.6 within a cycle.
struct Running {
    double co_day = 1, hc_day = 1, no_day = 1, o2_day = 0.12;
    double mileage_km = 0;
};
Running running(double mileage_km, Random&);
Gas petrol_exhaust(const Vehicle&, Mode, const Running&, double load = 1);

struct DieselState {
    double opacity_m1 = 0;  ///< at full load
    double nox_ppm = 0;     ///< at the 80 % point
    double wheel_power_kw = 0;
};
DieselState diesel_state(const Vehicle&, double mileage_km, Random&);

}  // namespace imloop::sim
