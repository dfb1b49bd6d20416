// The air of the test room: what it does to NO, and what weather and height can be.
#pragma once

namespace imloop::loop::physics {

struct Air {
    double temperature_c = 0;
    double humidity_pct = 0;  ///< relative
    double pressure_kpa = 0;
};

/// Of water over the whole range of test rooms, in kPa (Magnus; WMO guide no. 8).
double saturation_pressure_kpa(double temperature_c);

/// GB 18285-2018, annex of ASM: NO is multiplied by 1 / (1 - 0.0047 (H - 75)), H in grains of water a pound of dry air.
/// Bounded to 0.5 to 2. `pressure_kpa` must be above 20.
double humidity_factor(const Air&);

}  // namespace imloop::loop::physics
