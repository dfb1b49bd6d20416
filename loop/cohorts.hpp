// The measures of all places and days of first failure, kept as steps: figures as of any day are range sums.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "loop/rows/table.hpp"
#include "loop/steps.hpp"

namespace imloop::loop {

/// Days of first failures, both inclusive.
struct Period {
    Day from = 0;
    Day to = 0;
    bool holds(Day day) const { return from <= day && day <= to; }
};

/// A function of the vehicles put in; what is taken out of a cohort is what was put in for the vehicle. Not thread
/// safe; const calls may run beside each other where no rows lie elsewhere.
class Cohorts {
public:
    explicit Cohorts(const Rows* rows = nullptr);

    /// Steps of these will be put: where rows come in sets, theirs are read at once.
    void read_ahead(const std::vector<std::string>& vehicle_ids) const;
    /// The vehicle's steps, in place of those of before.
    void put(const std::string& vehicle_id, const std::vector<Step>&);
    void erase(const std::string& vehicle_id) { put(vehicle_id, {}); }
    /// Whether any of the vehicle's days had an episode.
    bool has(const std::string& vehicle_id) const { return by_vehicle_.contains(key_of(vehicle_id)); }
    /// By place, those without episodes left out. Costs the steps of the period.
    std::map<std::string, Measures> sums(CohortView, Period, Day as_of) const;
    /// Those with an episode that, as of any day, was opened in the period.
    std::set<std::string> vehicles(Period) const;

    auto tables() { return std::tie(cohorts_, by_vehicle_, by_day_); }

    struct Sum {
        Day day = 0;
        Measure measure;
        std::int32_t n = 0;
        bool operator==(const Sum&) const = default;
    };
    using Cohort = std::vector<Sum>;  ///< ascending by day and measure, each once, none of 0
    using Parts = std::map<CohortKey, Cohort>;

private:
    void add(const std::string& vehicle_id, const Parts&, int sign);

    Table<Cohort> cohorts_;    // by view, day of first failure, place; none empty
    Table<Parts> by_vehicle_;  // what was put in for each
    Table<Mark> by_day_;       // day of first failure, vehicle
};

template <Like<Measure> T>
auto members(T& m) {
    return std::tie(m.of, m.value);
}
template <Like<CohortKey> T>
auto members(T& k) {
    return std::tie(k.view, k.place, k.opened_on);
}
template <Like<Cohorts::Sum> T>
auto members(T& s) {
    return std::tie(s.day, s.measure, s.n);
}

}  // namespace imloop::loop
