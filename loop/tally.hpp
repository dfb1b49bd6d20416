// Measures of all counties and stations over a period, as of a day (docs/episodes.md, "Measures").
#pragma once

#include <map>
#include <string>
#include <vector>

#include "loop/measures.hpp"
#include "loop/projection.hpp"

namespace imloop::loop {

/// The county an episode is counted for: of the first failure's station, or the vehicle's registered one.
enum class CountyView { station, registered };

struct CountyRow {
    std::string county;  ///< empty: outside, all counties that are not in the policy's list
    Measures measures;
    bool is_low = false;
    bool is_zero = false;
    bool operator==(const CountyRow&) const = default;
};

class Tally {
public:
    /// `policy`: whose targets count.
    Tally(const Policy& policy, CountyView);
    /// `n` -1: takes away what was added.
    void add(const Episode&, int n = 1);
    /// By place, as Cohorts::sums gives them.
    void add(const std::map<std::string, Measures>& counties, const std::map<std::string, Measures>& stations);

    /// The policy's counties in its order, then the city, then outside. All rows, empty ones too.
    std::vector<CountyRow> counties() const;
    /// By station: that of the first failure, and each M station with a counting repair.
    const std::map<std::string, Measures>& stations() const { return stations_; }
    const Measures& total() const { return total_; }

private:
    const std::string& counted_for(const std::string& county) const;

    const Policy policy_;
    CountyView view_;
    std::map<std::string, Measures> counties_;  // outside under the empty name
    std::map<std::string, Measures> stations_;
    Measures total_;
};

/// A range sum; what was voided after the day is looked at one by one. Targets are those of the period's last day.
Tally tally(const Projection&, Period, Day as_of, CountyView = CountyView::station);

}  // namespace imloop::loop
