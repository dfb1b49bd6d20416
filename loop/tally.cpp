#include "loop/tally.hpp"

#include <set>

namespace imloop::loop {

Tally::Tally(const Policy& policy, CountyView view) : policy_(policy), view_(view) {}

void Tally::add(const Episode& e) {
    const std::string& county = view_ == CountyView::station ? e.county : e.registered_county;
    counties_[policy_.inside(county) ? county : std::string()].add(e);
    std::set<std::string> at(e.counting_stations.begin(), e.counting_stations.end());
    at.insert(e.station_id);
    for (const auto& station : at) stations_[station].add(e);
    total_.add(e);
}

std::vector<CountyRow> Tally::counties() const {
    std::vector<std::string> order;
    for (const auto& county : policy_.counties)
        if (county != policy_.city) order.push_back(county);
    order.push_back(policy_.city);
    order.emplace_back();
    std::vector<CountyRow> rows;
    for (const auto& county : order) {
        CountyRow row{county, {}, false, false};
        if (const auto it = counties_.find(county); it != counties_.end()) row.measures = it->second;
        const Measures& m = row.measures;
        row.is_low = is_low(m.repaired, m.failed, policy_.repair_rate_target);
        row.is_zero = is_zero(m.repaired, m.failed, policy_.repair_rate_target);
        rows.push_back(std::move(row));
    }
    return rows;
}

Tally tally(const Projection& projection, Period period, Day as_of, CountyView view) {
    Tally out(projection.policy(), view);
    projection.each_vehicle(as_of, [&](const std::string&, const std::vector<Episode>& episodes) {
        for (const Episode& e : episodes)
            if (period.holds(day_of(e.first_failure))) out.add(e);
    });
    return out;
}

}  // namespace imloop::loop
