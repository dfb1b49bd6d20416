// From a record to what the tallies take of it. Pure and thread safe.
#pragma once

#include <optional>
#include <string>

#include "loop/rules/rule.hpp"
#include "loop/stations/test_seen.hpp"

namespace imloop::loop::stations {

/// Periodic, initial and repeated tests of a station; nothing for others. Fields that are not known have code 0, others
/// their place in the tables that come with the program: rows hold them, so those tables grow at their ends alone.
std::optional<TestSeen> seen(const rules::Record&);

/// Method, fuel, stage, age band of the day and mileage band.
statistics::Stratum stratum_of(const rules::Record& test);

/// `co/idle` of a channel's number, for people.
std::string channel_name(std::uint8_t channel);

}  // namespace imloop::loop::stations
