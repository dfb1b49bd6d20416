// The measures of all places and days of first failure, kept as steps: figures as of any day are range sums.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "loop/steps.hpp"

namespace imloop::loop {

/// Days of first failures, both inclusive.
struct Period {
    Day from = 0;
    Day to = 0;
    bool holds(Day day) const { return from <= day && day <= to; }
};

/// A function of the vehicles put in; what is taken out of a cohort is what was put in for the vehicle. Not thread
/// safe; const calls may run beside each other.
class Cohorts {
public:
    /// The vehicle's steps, in place of those of before.
    void put(const std::string& vehicle_id, const std::vector<Step>&);
    void erase(const std::string& vehicle_id);
    /// By place, those without episodes left out. Costs the steps of the period.
    std::map<std::string, Measures> sums(CohortView, Period, Day as_of) const;
    /// Those with an episode that, as of any day, was opened in the period.
    std::set<std::string> vehicles(Period) const;

private:
    struct Sum {
        Day day = 0;
        Measure measure;
        std::int32_t n = 0;
    };
    struct Part {
        const CohortKey* cohort;
        Sum sum;
    };
    using Cohort = std::vector<Sum>;  // ascending by day and measure, each once, none of 0

    void add(std::map<CohortKey, Cohort>::iterator, const Sum&);

    std::map<CohortKey, Cohort> cohorts_;  // none empty
    std::unordered_map<std::string, std::vector<Part>> by_vehicle_;
};

}  // namespace imloop::loop
