// What control units of one model say of themselves: vehicles of a model share their program, protocol and monitors
// with each other, so that what only one station finds in them is what was plugged in there. Parameters are V01's.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

/// One thing that a control unit says of itself and that vehicles of a model share.
struct Trait {
    const char* name;
    std::string (*of)(const ObdDetail&);
    const char* claim;
    bool is_of_the_reader;  ///< written in the words of the equipment that asked
};

/// Many unlike vehicles of a model say it at one station and hardly any elsewhere.
struct OddTrait {
    std::size_t vehicles = 0;  ///< that say it at the station
    double elsewhere = 0;      ///< (vehicles at other stations that say it + 0.5) / (all there + 1): never 0
    double chance = 0;         ///< of so many at the station, were it as common there as elsewhere
};
using OddTraits = std::map<std::pair<std::string, std::string>, OddTrait>;  ///< by what is said, and station

/// Of records of one model, each with an OBD check and a proven VIN, in the order (occurred_at, record_id).
OddTraits odd_traits(std::span<const Record> of_model, const Trait&, const Context&);

}  // namespace imloop::loop::rules
