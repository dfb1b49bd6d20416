// Whether two records speak of one vehicle, by their own words alone: what a mistyped VIN leaves open stays open.
#pragma once

#include <string_view>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

inline constexpr std::size_t vin_places = 17;

enum class Sameness { same, unlike, unclear };

/// Unlike: VINs too far apart for a slip of the hand. A missing VIN or a changed plate proves nothing.
Sameness sameness(const VehicleWords&, const VehicleWords&);
/// False where either record is about no vehicle.
bool same_vehicle(const Record&, const Record&);
/// Of one vehicle, and not two whose VINs a slip made equal: no plates that are others by more than a slip.
bool surely_one_vehicle(const Record&, const Record&);
bool unlike_vehicles(const Record&, const Record&);

/// Two VINs of 17 places that no typing error turns into each other: at least two places differ where both have a right
/// check digit, at least five where one has not.
bool vins_far_apart(std::string_view a, std::string_view b);
/// World manufacturer identifier (ISO 3780): the first three places; empty of a VIN that is not whole.
std::string_view maker_of(std::string_view vin);
/// Whole numbers that one slip of the hand turns into each other: a digit wrong, missing, doubled, two swapped.
bool one_slip_apart(double a, double b);
/// Whether one slip of the hand makes the number one between the bounds.
bool slip_of_one_between(double value, double low, double high);

}  // namespace imloop::loop::rules
