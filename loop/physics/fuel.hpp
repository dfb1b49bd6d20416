// Fuels as the exhaust sees them: atoms of hydrogen and of oxygen a carbon atom.
// Petrol, LPG and natural gas as GB 18285-2018 has them for the air ratio; methanol CH3OH, ethanol C2H5OH and diesel
// (CH1.86) by their formulas.
#pragma once

#include <span>
#include <string_view>

namespace imloop::loop::physics {

struct Fuel {
    double hydrogen = 0;  ///< H/C
    double oxygen = 0;    ///< O/C
};

inline constexpr Fuel petrol{1.7261, 0.0176};

/// What a vehicle with this fuel (table `fuels`) may burn in a test of its exhaust gas: its own fuel and, since most
/// such vehicles start on it and analysers compute with it, petrol. Empty for diesel, electric, other and unknown
/// codes.
std::span<const Fuel> burnt_in_spark_ignition(std::string_view fuel);

}  // namespace imloop::loop::physics
