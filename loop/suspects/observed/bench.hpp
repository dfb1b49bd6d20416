// What several rules about a test's measurements ask of its record.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/physics/exhaust.hpp"
#include "loop/rules/rule.hpp"
#include "loop/tables.hpp"

namespace imloop::loop::rules {

/// A test with a verdict: neither aborted nor another kind of record.
bool is_judged_test(const Record&);
/// Empty where the record does not say.
std::string_view fuel_of(const Record&);
/// A car, lorry, bus or special vehicle (GA/T 16.4: K, H, Q, Z), or a class that is not given: motorcycles, farm
/// vehicles and machines have standards of their own.
bool is_car_or_lorry(const Record&);

/// CO, CO2 and O2 of a phase, HC and NO where they are there. Nothing without the three, or with CO2 at 0.
std::optional<physics::Gas> gas_of(const InspectionDetail&, std::string_view phase);

/// A flag about one test and its inspector.
Flag flag_of(const Record& test, const char* claim, Grade, int score_permille, std::vector<Value>);

/// `co/idle`.
std::string place_of(const Reading&);

/// The strictest and the laxest upper limit of a reading, by the tables in force at the end of the test: those of the
/// standard that the record names, or of all that have the method. Nothing where there is none; lambda has none here,
/// since a maker's own range may replace it.
struct TableLimits {
    double strictest = 0, laxest = 0;
};
std::optional<TableLimits> table_limits(const Record&, std::string_view phase, std::string_view item);

}  // namespace imloop::loop::rules
