// What the journeys of all vehicles add up to: whole numbers, taken out again as they were added. A sweep over them
// costs stations, shops, strata and weeks, never vehicles.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "loop/stations/journeys.hpp"
#include "loop/stations/measured.hpp"
#include "loop/stations/tallies.hpp"
#include "loop/statistics/strata.hpp"

namespace imloop::loop::stations {

/// An inspection station and the shop whose repair came before; no shop: empty.
struct StationShop {
    std::string station_id, shop_id;
    auto operator<=>(const StationShop&) const = default;
};
/// `hits` are failures, of aborts the passes that followed.
using SharesByStationShop = std::map<StationShop, std::map<Cell, statistics::Share>>;

/// Failures of one county on one day.
struct FailuresOf {
    std::int32_t failed = 0;
    std::int32_t repaired = 0;
    std::int32_t open = 0;            ///< no outcome yet
    std::map<Day, std::int32_t> due;  ///< of the open ones, by their last day in time
    std::int32_t missing(Day as_of) const;
    bool operator==(const FailuresOf&) const = default;
};

struct JourneySums {
    SharesByStationShop retests, later, aborts;
    std::map<std::string, std::map<Day, FailuresOf>> failures;  ///< by county
    /// `times` is -1 to take the journey out again.
    void add(const Journey&, std::int32_t times);
    bool operator==(const JourneySums&) const = default;
};

enum class Hits { failed, passed };
/// One unit a station, or a shop where `of` is that, of the weeks asked for. Shops: of places that have one.
std::vector<Unit> units_by(std::string StationShop::*of, const SharesByStationShop&, const Window&,
                           Hits = Hits::failed);

}  // namespace imloop::loop::stations
