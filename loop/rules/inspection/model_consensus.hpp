// What vehicles of one model and fuel have in common: rated power, mass, and the stage of those registered about then.
// Parameters are R06's.
#pragma once

#include <array>
#include <optional>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

struct Amount {
    const char* name;
    const char* unit;
    std::optional<double> VehicleDetail::*value;
};
inline constexpr std::array amounts{Amount{"rated_power_kw", "kW", &VehicleDetail::rated_power_kw},
                                    Amount{"mass_kg", "kg", &VehicleDetail::mass_kg}};

/// What a test says of its vehicle; nothing below or at 0.
std::optional<double> amount_of(const Amount&, const Record&);
/// Neither within the tolerance nor a slip of the hand apart.
bool are_unlike(double a, double b, double percent);
bool are_within(double a, double b, double percent);

/// What hardly any vehicle of the model has.
Fold model_consensus();

}  // namespace imloop::loop::rules
