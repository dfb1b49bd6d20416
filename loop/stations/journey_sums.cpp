#include "loop/stations/journey_sums.hpp"

#include <cassert>

#include "loop/stations/change.hpp"

namespace imloop::loop::stations {
namespace {

void add_share(SharesByStationShop& to, const StationShop& place, Day day, const statistics::Stratum& stratum,
               const statistics::Share& share) {
    change(to, place, [&](auto& cells) {
        change(cells, {week_of(day), stratum}, [&](statistics::Share& s) { s += share; });
    });
}

void add_failure(FailuresOf& to, const FailureSeen& f, std::int32_t times) {
    to.failed += times;
    if (f.repaired) to.repaired += times;
    if (f.ended || f.waived) return;
    to.open += times;
    if (f.due) change(to.due, *f.due, [&](std::int32_t& count) { count += times; });
}

}  // namespace

std::int32_t FailuresOf::missing(Day as_of) const {
    std::int32_t out = 0;
    for (auto it = due.begin(); it != due.end() && it->first < as_of; ++it) out += it->second;
    return out;
}

void JourneySums::add(const Journey& journey, std::int32_t times) {
    assert(times == 1 || times == -1);
    for (const auto& r : journey.retests)
        add_share(retests, {r.station_id, r.shop_id}, r.day, r.stratum, {r.passed ? 0 : times, times});
    for (const auto& l : journey.later)
        add_share(later, {l.station_id, l.shop_id}, l.day, l.stratum, {l.failed ? times : 0, times});
    for (const auto& a : journey.aborts) add_share(aborts, {a.station_id, ""}, a.day, a.stratum, {times, times});
    for (const auto& f : journey.failures)
        change(failures, f.county,
               [&](auto& days) { change(days, f.day, [&](FailuresOf& of) { add_failure(of, f, times); }); });
}

std::vector<Unit> units_by(std::string StationShop::*of, const SharesByStationShop& shares, const Window& window,
                           Hits hits) {
    std::map<std::string, Unit> units;
    for (const auto& [place, cells] : shares) {
        if ((place.*of).empty()) continue;
        for (const auto& [cell, share] : cells) {
            if (!window.holds(cell.week)) continue;
            auto& unit = units[place.*of];
            unit.station_id = place.*of;
            unit.own.add(cell.stratum, {hits == Hits::failed ? share.hits : share.of - share.hits, share.of});
        }
    }
    std::vector<Unit> out;
    for (auto& [id, unit] : units) out.push_back(std::move(unit));
    return out;
}

}  // namespace imloop::loop::stations
