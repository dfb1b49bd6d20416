// What only a vehicle's whole history tells of stations: retests after repairs, tests after passes, how failures end.
// Kept by vehicle, so that a history that changed replaces what it said before.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "loop/rules/rule.hpp"
#include "loop/statistics/strata.hpp"

namespace imloop::loop::stations {

/// The first retest after a failure.
struct RetestSeen {
    std::string station_id;
    std::string shop_id;  ///< of the latest counting repair before it; empty: none
    Day day = 0;
    statistics::Stratum stratum;  ///< mileage gives way to: 1 without, 2 with a counting repair
    bool passed = false;
};

/// A pass, and the next look at the vehicle: a roadside or spot check, or the first test of its next cycle.
struct LaterSeen {
    std::string station_id;
    std::string shop_id;  ///< whose counting repair the pass followed; empty: none
    Day day = 0;          ///< of that next look
    statistics::Stratum stratum;
    bool failed = false;
};

/// A failed vehicle, once. `due` is its last day in time, while open.
struct FailureSeen {
    std::string station_id;
    std::string county;
    Day day = 0;
    bool repaired = false;
    bool ended = false;
    bool waived = false;
    std::optional<Day> due;
};

/// A test broken off, after which the vehicle's next test of that station and day passed.
struct AbortPassed {
    std::string station_id;
    Day day = 0;
    statistics::Stratum stratum;
};

struct Journey {
    std::vector<RetestSeen> retests;
    std::vector<LaterSeen> later;
    std::vector<FailureSeen> failures;
    std::vector<AbortPassed> aborts;
    bool empty() const { return retests.empty() && later.empty() && failures.empty() && aborts.empty(); }
};

/// A next cycle begins this long after a pass at the earliest; what follows sooner is about the same visit.
inline constexpr Day cycle_days_min = 90;
/// And a vehicle seen again after so long has had time to get worse on its own.
inline constexpr Day cycle_days_max = 800;

Journey journey_of(const rules::History&);

}  // namespace imloop::loop::stations
