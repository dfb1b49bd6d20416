#include "loop/cohorts.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <tuple>

namespace imloop::loop {

void Cohorts::add(std::map<CohortKey, Cohort>::iterator at, const Sum& sum) {
    auto& cohort = at->second;
    const auto key = [](const Sum& s) { return std::tie(s.day, s.measure); };
    const auto place = std::ranges::lower_bound(cohort, key(sum), {}, key);
    if (place == cohort.end() || key(*place) != key(sum))
        cohort.insert(place, sum);
    else if ((place->n += sum.n) == 0)
        cohort.erase(place);
}

void Cohorts::put(const std::string& vehicle_id, const std::vector<Step>& steps) {
    erase(vehicle_id);
    if (steps.empty()) return;
    auto& parts = by_vehicle_[vehicle_id];
    parts.reserve(steps.size());
    for (const Step& step : steps) {
        const auto at = cohorts_.try_emplace(step.cohort).first;
        const Sum sum{step.day, step.measure, step.n};
        add(at, sum);
        parts.push_back({&at->first, sum});
    }
}

void Cohorts::erase(const std::string& vehicle_id) {
    const auto held = by_vehicle_.extract(vehicle_id);
    if (held.empty()) return;
    std::set<const CohortKey*> emptied;
    for (const Part& part : held.mapped()) {
        const auto at = cohorts_.find(*part.cohort);
        assert(at != cohorts_.end());
        add(at, {part.sum.day, part.sum.measure, -part.sum.n});
        if (at->second.empty()) emptied.insert(part.cohort);
    }
    for (const CohortKey* cohort : emptied)
        if (const auto at = cohorts_.find(*cohort); at->second.empty()) cohorts_.erase(at);
}

std::map<std::string, Measures> Cohorts::sums(CohortView view, Period period, Day as_of) const {
    std::map<std::string, Measures> out;
    const Day last = std::min(period.to, as_of);
    auto at = cohorts_.lower_bound({view, "", std::numeric_limits<Day>::min()});
    while (at != cohorts_.end() && at->first.view == view) {
        const auto& [key, cohort] = *at;
        if (key.opened_on < period.from) {
            at = cohorts_.lower_bound({view, key.place, period.from});
        } else if (key.opened_on > last) {
            at = cohorts_.upper_bound({view, key.place, std::numeric_limits<Day>::max()});
        } else {
            auto& measures = out[key.place];
            for (const Sum& sum : cohort) {
                if (sum.day > as_of) break;
                measures.add(sum.measure, sum.n);
            }
            ++at;
        }
    }
    std::erase_if(out, [](const auto& one) { return one.second.failed == 0; });
    return out;
}

std::set<std::string> Cohorts::vehicles(Period period) const {
    std::set<std::string> out;
    for (const auto& [id, parts] : by_vehicle_)
        if (std::ranges::any_of(parts, [&](const Part& part) { return period.holds(part.cohort->opened_on); }))
            out.insert(id);
    return out;
}

}  // namespace imloop::loop
