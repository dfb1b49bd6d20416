#include "hub/report/suspect_counts.hpp"

#include <set>
#include <unordered_map>

namespace imloop::hub {
namespace {

using loop::Fact;

std::set<std::string> records_in_force(const loop::rules::Suspects& suspects) {
    std::set<std::string> out;
    suspects.each_flag([&](const loop::rules::Flag& flag) {
        if (flag.grade == loop::rules::Grade::weak) return;
        if (const auto said = suspects.decision(flag.flag_id); said && said->action == "dismiss") return;
        out.insert(flag.records.begin(), flag.records.end());
    });
    return out;
}

std::string station_county(const loop::Projection& projection, const Fact& fact) {
    const auto station = projection.stations().at(fact.station_id, fact.occurred_at);
    return station ? station->county : "";
}

std::unordered_map<std::string, std::string> registered_counties(const loop::Projection& projection,
                                                                 const std::set<std::string>& records,
                                                                 loop::Day as_of) {
    std::set<std::string> vehicles;
    for (const auto& id : records)
        if (auto vehicle = projection.identity().vehicle_of(id); !vehicle.empty()) vehicles.insert(std::move(vehicle));
    std::unordered_map<std::string, std::string> out;
    projection.each_history(vehicles, as_of, [&](const std::string&, const std::vector<Fact>& history) {
        for (const auto& f : history)
            if (records.contains(f.record_id))
                out[f.record_id] = loop::registered_county(f.record_id, history, projection.stations(), as_of);
    });
    return out;
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
    const bool is_registered = request.view == loop::CountyView::registered;
    const auto records = records_in_force(*request.suspects);
    const auto registered = is_registered ? registered_counties(projection, records, request.as_of)
                                          : std::unordered_map<std::string, std::string>();
    for (const auto& id : records) {
        const auto fact = projection.fact(id);
        if (!fact) continue;
        const auto day = loop::day_of(fact->occurred_at);
        if (!request.period.holds(day) || day > request.as_of) continue;
        const auto of_vehicle = registered.find(id);
        const auto county = !is_registered                   ? station_county(projection, *fact)
                            : of_vehicle != registered.end() ? of_vehicle->second
                                                             : std::string();
        ++out.counties[projection.policy(request.as_of).inside(county) ? county : std::string()];
        ++out.stations[fact->station_id];
        ++out.all;
    }
    return out;
}

}  // namespace imloop::hub
