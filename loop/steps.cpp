#include "loop/steps.hpp"

#include <map>
#include <utility>

namespace imloop::loop {

std::vector<CohortKey> cohorts_of(const Episode& e) {
    const Day opened_on = day_of(e.first_failure);
    std::vector<CohortKey> out{{CohortView::county, e.county, opened_on},
                               {CohortView::registered_county, e.registered_county, opened_on}};
    std::set<std::string> stations(e.counting_stations.begin(), e.counting_stations.end());
    stations.insert(e.station_id);
    for (const auto& station : stations) out.push_back({CohortView::station, station, opened_on});
    return out;
}

std::vector<Step> steps(std::set<Day> days, const std::function<std::vector<Episode>(Day)>& episodes_at) {
    std::vector<Step> out;
    using Parts = std::map<std::pair<CohortKey, Measure>, int>;
    Parts before;
    while (!days.empty()) {
        const Day day = days.extract(days.begin()).value();
        Parts now;
        for (const Episode& e : episodes_at(day)) {
            for (const auto& cohort : cohorts_of(e))
                for (const Measure& measure : measures_of(e)) ++now[{cohort, measure}];
            if (e.due && *e.due >= day) days.insert(*e.due + 1);
        }
        for (const auto& [part, n] : now)
            if (const int step = n - std::exchange(before[part], 0); step != 0)
                out.push_back({part.first, day, part.second, step});
        for (const auto& [part, n] : before)
            if (n != 0 && !now.contains(part)) out.push_back({part.first, day, part.second, -n});
        before = std::move(now);
    }
    return out;
}

}  // namespace imloop::loop
