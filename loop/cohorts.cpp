#include "loop/cohorts.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <tuple>

namespace imloop::loop {

namespace {

/// All places of a day stand beside each other: a figure is asked of all of them.
std::string key(const CohortKey& k) { return key_of(static_cast<int>(k.view), k.opened_on, k.place); }

void add(Cohorts::Cohort& cohort, const Cohorts::Sum& sum) {
    const auto order = [](const Cohorts::Sum& s) { return std::tie(s.day, s.measure); };
    const auto place = std::ranges::lower_bound(cohort, order(sum), {}, order);
    if (place == cohort.end() || order(*place) != order(sum))
        cohort.insert(place, sum);
    else if ((place->n += sum.n) == 0)
        cohort.erase(place);
}

Cohorts::Parts parts_of(const std::vector<Step>& steps) {
    Cohorts::Parts out;
    for (const Step& step : steps) add(out[step.cohort], {step.day, step.measure, step.n});
    std::erase_if(out, [](const auto& part) { return part.second.empty(); });
    return out;
}

std::string from_day(Day day, std::int64_t days_on = 0) { return key_of(std::int64_t{day} + days_on); }
std::string from_day(CohortView view, Day day, std::int64_t days_on = 0) {
    return key_of(static_cast<int>(view)) + from_day(day, days_on);
}

}  // namespace

Cohorts::Cohorts(const Rows* rows)
    : cohorts_("loop_cohorts", rows), by_vehicle_("loop_vehicle_cohorts", rows), by_day_("loop_failed_on", rows) {}

void Cohorts::add(const std::string& vehicle_id, const Parts& parts, int sign) {
    for (const auto& [of, sums] : parts) {
        Cohort& cohort = cohorts_.change_or_new(key(of));
        for (Sum sum : sums) {
            sum.n *= sign;
            loop::add(cohort, sum);
        }
        if (cohort.empty()) cohorts_.erase(key(of));
        const auto day = key_of(of.opened_on, vehicle_id);
        if (sign > 0)
            by_day_.put(day, {});
        else
            by_day_.erase(day);
    }
}

void Cohorts::read_ahead(const std::vector<std::string>& vehicle_ids) const {
    std::vector<std::string> keys;
    for (const auto& id : vehicle_ids) keys.push_back(key_of(id));
    by_vehicle_.read_ahead(std::move(keys));
}

void Cohorts::put(const std::string& vehicle_id, const std::vector<Step>& steps) {
    const auto vehicle = key_of(vehicle_id);
    auto now = parts_of(steps);
    const Parts* before = by_vehicle_.find(vehicle);
    if (before ? *before == now : now.empty()) return;
    if (before) add(vehicle_id, *before, -1);
    add(vehicle_id, now, 1);
    if (now.empty())
        by_vehicle_.erase(vehicle);
    else
        by_vehicle_.put(vehicle, std::move(now));
}

std::map<std::string, Measures> Cohorts::sums(CohortView view, Period period, Day as_of) const {
    std::map<std::string, Measures> out;
    const Day last = std::min(period.to, as_of);
    if (last < period.from) return out;
    cohorts_.each_between(from_day(view, period.from), from_day(view, last, 1),
                          [&](std::string_view at, const Cohort& cohort) {
                              KeyReader reader(at);
                              reader.number(), reader.number();
                              auto& measures = out[reader.text()];
                              for (const Sum& sum : cohort) {
                                  if (sum.day > as_of) break;
                                  measures.add(sum.measure, sum.n);
                              }
                              return true;
                          });
    std::erase_if(out, [](const auto& one) { return one.second.failed == 0; });
    return out;
}

std::set<std::string> Cohorts::vehicles(Period period) const {
    std::set<std::string> out;
    if (period.to < period.from) return out;
    by_day_.each_between(from_day(period.from), from_day(period.to, 1), [&](std::string_view at, const Mark&) {
        KeyReader reader(at);
        reader.number();
        out.insert(reader.text());
        return true;
    });
    return out;
}

}  // namespace imloop::loop
