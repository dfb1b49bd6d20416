#include "loop/tally.hpp"

namespace imloop::loop {

Tally::Tally(const Policy& policy, CountyView view) : policy_(policy), view_(view) {}

/// The policy's county, or none: outside.
const std::string& Tally::counted_for(const std::string& county) const {
    static const std::string outside;
    return policy_.inside(county) ? county : outside;
}

void Tally::add(const Episode& e, int n) {
    const auto add_to = [&](std::map<std::string, Measures>& places, const std::string& place) {
        const auto at = places.try_emplace(place).first;
        at->second.add(e, n);
        if (at->second.failed == 0) places.erase(at);
    };
    const bool by_station = view_ == CountyView::station;
    for (const auto& [view, place, opened_on] : cohorts_of(e))
        if (view == CohortView::station)
            add_to(stations_, place);
        else if ((view == CohortView::county) == by_station)
            add_to(counties_, counted_for(place));
    total_.add(e, n);
}

void Tally::add(const std::map<std::string, Measures>& counties, const std::map<std::string, Measures>& stations) {
    for (const auto& [county, measures] : counties) {
        counties_[counted_for(county)].add(measures);
        total_.add(measures);
    }
    for (const auto& [station, measures] : stations) stations_[station].add(measures);
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
        row.is_low = is_low(m.repaired, m.failed, policy_.target(county));
        row.is_zero = is_zero(m.repaired, m.failed, policy_.target(county));
        rows.push_back(std::move(row));
    }
    return rows;
}

Tally tally(const Projection& projection, Period period, Day as_of, CountyView view) {
    Tally out(projection.policy(period.to), view);
    const auto& cohorts = projection.cohorts();
    out.add(
        cohorts.sums(view == CountyView::station ? CohortView::county : CohortView::registered_county, period, as_of),
        cohorts.sums(CohortView::station, period, as_of));
    projection.each_with_voided(as_of, [&](const std::vector<Episode>& seen, const std::vector<Episode>& in_cohorts) {
        for (const Episode& e : in_cohorts)
            if (period.holds(day_of(e.first_failure))) out.add(e, -1);
        for (const Episode& e : seen)
            if (period.holds(day_of(e.first_failure))) out.add(e);
    });
    return out;
}

}  // namespace imloop::loop
