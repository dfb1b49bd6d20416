#include "loop/physics/air.hpp"

#include <algorithm>
#include <cmath>

namespace imloop::loop::physics {

double saturation_pressure_kpa(double temperature_c) {
    return 0.6112 * std::exp(17.62 * temperature_c / (243.12 + temperature_c));
}

double humidity_factor(const Air& air) {
    constexpr double grains_of_ratio = 4347.8;  // 7000 grains a pound, 0.6211 of water to air by weight
    const double water = air.humidity_pct / 100 * saturation_pressure_kpa(air.temperature_c);
    const double grains = grains_of_ratio * water / (air.pressure_kpa - water);
    return std::clamp(1 / std::max(0.25, 1 - 0.0047 * (grains - 75)), 0.5, 2.0);
}

}  // namespace imloop::loop::physics
