#include "hub/report/suspect_counts.hpp"

#include <set>

namespace imloop::hub {
namespace {

using loop::Fact;

std::set<std::string> records_in_force(const loop::rules::Suspects& suspects) {
    std::set<std::string> out;
    for (const auto& [id, owners] : suspects.flags()) {
        const auto& flag = owners.begin()->second;
        if (flag.grade == loop::rules::Grade::weak) continue;
        if (const auto* said = suspects.decision(id); said != nullptr && said->action == "dismiss") continue;
        out.insert(flag.records.begin(), flag.records.end());
    }
    return out;
}

std::string station_county(const loop::Projection& projection, const Fact& fact) {
    const auto station = projection.stations().at(fact.station_id, fact.occurred_at);
    return station ? station->county : "";
}

/// The record's own, else that of the nearest record of its vehicle that names one, earlier ones first.
std::string registered_county(const loop::Projection& projection, const Fact& fact) {
    const auto named = [](const Fact& f) { return f.vehicle ? f.vehicle->registered_county : std::string(); };
    auto county = named(fact);
    const auto vehicle = projection.identity().vehicle_of(fact.record_id);
    if (!county.empty() || vehicle.empty()) return county;
    const auto at = std::pair(fact.occurred_at, fact.record_id);
    std::pair<loop::Moment, std::string> earlier{0, ""}, later{0, ""};
    std::string before, after;
    for (const auto& f : projection.facts(vehicle)) {
        const auto other = std::pair(f.occurred_at, f.record_id);
        if (named(f).empty()) continue;
        if (other < at && (before.empty() || earlier < other)) earlier = other, before = named(f);
        if (at < other && (after.empty() || other < later)) later = other, after = named(f);
    }
    return before.empty() ? after : before;
}

std::int64_t found(const std::map<std::string, std::int64_t, std::less<>>& counts, std::string_view name) {
    const auto it = counts.find(name);
    return it == counts.end() ? 0 : it->second;
}

}  // namespace

std::int64_t SuspectCounts::of_county(std::string_view county) const { return found(counties, county); }
std::int64_t SuspectCounts::of_station(std::string_view station) const { return found(stations, station); }

SuspectCounts suspects_in(const loop::Projection& projection, const ReportRequest& request) {
    SuspectCounts out;
    if (request.suspects == nullptr) return out;
    const auto& policy = projection.policy();
    for (const auto& id : records_in_force(*request.suspects)) {
        const auto fact = projection.fact(id);
        if (!fact) continue;
        const auto day = loop::day_of(fact->occurred_at);
        if (!request.period.holds(day) || day > request.as_of) continue;
        const auto county = request.view == loop::CountyView::registered ? registered_county(projection, *fact)
                                                                         : station_county(projection, *fact);
        ++out.counties[policy.inside(county) ? county : std::string()];
        ++out.stations[fact->station_id];
        ++out.all;
    }
    return out;
}

}  // namespace imloop::hub
