// The prefecture of the story: counties, how many of their failed vehicles enter a repair station, and their weather.
#pragma once

#include <cstdint>
#include <span>

#include "loop/time.hpp"

namespace imloop::sim {

struct County {
    const char* code;
    const char* zh;
    double weight;    ///< of its vehicles
    double repaired;  ///< share of the failed that enter a repair station
    double altitude_m;
};
std::span<const County> counties();

struct Weather {
    double temperature_c, humidity_pct, pressure_kpa;
};
/// Of a moment and county: season, days that differ, the course of a day, altitude. The same for the same seed.
Weather weather(std::uint64_t seed, const County&, loop::Moment);

}  // namespace imloop::sim
