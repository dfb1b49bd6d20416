// Made-up vehicles: valid VINs, some in fleets with consecutive numbers, plates of 陕D, and what people mistype.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/random.hpp"

namespace imloop::sim {

struct Vehicle {
    std::string vin, plate, plate_kind, plate_color, fuel, emission_stage, registered_on, model;
    int county = 0;  ///< index
    bool diesel = false;
};

/// 17 places with a right check digit.
std::string vin_with_check_digit(std::string vin);
/// One place wrong, two neighbours swapped, or one missing; may still be proven by chance.
std::string slip(std::string vin, Random&);
std::vector<Vehicle> make_fleet(std::size_t count, const std::vector<double>& county_weights, Random&);

}  // namespace imloop::sim
