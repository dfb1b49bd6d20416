// What only a vehicle's whole history tells of stations: retests after repairs, tests after passes, how failures end.
// Kept by vehicle, so that a history that changed replaces what it said before.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "loop/pack.hpp"
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
    bool operator==(const RetestSeen&) const = default;
};
auto members(Like<RetestSeen> auto& r) { return std::tie(r.station_id, r.shop_id, r.day, r.stratum, r.passed); }

/// A pass, and the next look at the vehicle: a roadside or spot check, or the first test of its next cycle.
struct LaterSeen {
    std::string station_id;
    std::string shop_id;  ///< whose counting repair the pass followed; empty: none
    Day day = 0;          ///< of that next look
    statistics::Stratum stratum;
    bool failed = false;
    bool operator==(const LaterSeen&) const = default;
};
auto members(Like<LaterSeen> auto& l) { return std::tie(l.station_id, l.shop_id, l.day, l.stratum, l.failed); }

/// A failed vehicle, once. `due` is its last day in time, while open.
struct FailureSeen {
    std::string station_id;
    std::string county;
    Day day = 0;
    bool repaired = false;
    bool ended = false;
    bool waived = false;
    std::optional<Day> due;
    bool operator==(const FailureSeen&) const = default;
};
auto members(Like<FailureSeen> auto& f) {
    return std::tie(f.station_id, f.county, f.day, f.repaired, f.ended, f.waived, f.due);
}

/// A test broken off, after which the vehicle's next test of that station and day passed.
struct AbortPassed {
    std::string station_id;
    Day day = 0;
    statistics::Stratum stratum;
    bool operator==(const AbortPassed&) const = default;
};
auto members(Like<AbortPassed> auto& a) { return std::tie(a.station_id, a.day, a.stratum); }

struct Journey {
    std::vector<RetestSeen> retests;
    std::vector<LaterSeen> later;
    std::vector<FailureSeen> failures;
    std::vector<AbortPassed> aborts;
    bool empty() const { return retests.empty() && later.empty() && failures.empty() && aborts.empty(); }
    bool operator==(const Journey&) const = default;
};
auto members(Like<Journey> auto& j) { return std::tie(j.retests, j.later, j.failures, j.aborts); }

/// A next cycle begins this long after a pass at the earliest; what follows sooner is about the same visit.
inline constexpr Day cycle_days_min = 90;
/// And a vehicle seen again after so long has had time to get worse on its own.
inline constexpr Day cycle_days_max = 800;

Journey journey_of(const rules::History&);

/// What both begin with is left out of both: a history grows at its end, and the sums change by the rest alone.
void drop_common_beginnings(Journey&, Journey&);

}  // namespace imloop::loop::stations
