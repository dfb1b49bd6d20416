// What the journeys of all vehicles add up to: whole numbers, taken out again as they were added. A sweep over them
// costs stations, shops, strata and weeks, never vehicles.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "loop/stations/cells.hpp"
#include "loop/stations/journeys.hpp"
#include "loop/stations/measured.hpp"
#include "loop/stations/weeks.hpp"
#include "loop/statistics/strata.hpp"

namespace imloop::loop::stations {

/// An inspection station and the shop whose repair came before; no shop: empty.
struct StationShopWeek {
    Week week = 0;
    std::string station_id, shop_id;
};
auto members(Like<StationShopWeek> auto& k) { return std::tie(k.week, k.station_id, k.shop_id); }
/// `hits` are failures, of aborts the passes that followed.
using SharesByStratum = std::map<statistics::Stratum, statistics::Share>;
using SharesByStationShop = Cells<StationShopWeek, SharesByStratum>;

struct CountyDay {
    Day day = 0;
    std::string county;
};
auto members(Like<CountyDay> auto& k) { return std::tie(k.day, k.county); }
/// Failures of one county on one day.
struct FailuresOf {
    std::int32_t failed = 0;
    std::int32_t repaired = 0;
    std::int32_t open = 0;            ///< no outcome yet
    std::map<Day, std::int32_t> due;  ///< of the open ones, by their last day in time
    std::int32_t missing(Day as_of) const;
    bool operator==(const FailuresOf&) const = default;
};
auto members(Like<FailuresOf> auto& f) { return std::tie(f.failed, f.repaired, f.open, f.due); }

/// Thread safety and errors as of Table.
class JourneySums {
public:
    explicit JourneySums(const Rows* rows = nullptr);
    /// `times` is -1 to take the journey out again.
    void add(const Journey&, std::int32_t times);
    void write(const RowChanges&);
    void forget();
    std::size_t held() const;

    SharesByStationShop retests, later, aborts;
    Cells<CountyDay, FailuresOf> failures;
};

enum class Hits { failed, passed };
/// One unit a station, or a shop where `of` is that, of the weeks asked for. Shops: of places that have one.
std::vector<Unit> units_by(std::string StationShopWeek::*of, const SharesByStationShop&, const Window&,
                           Hits = Hits::failed);

}  // namespace imloop::loop::stations
