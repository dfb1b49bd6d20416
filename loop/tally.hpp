// Measures of all counties and stations over a period, as of a day (contract, "Measures").
#pragma once

#include <map>
#include <string>
#include <vector>

#include "loop/measures.hpp"
#include "loop/projection.hpp"

namespace imloop::loop {

/// Days of first failures, both inclusive.
struct Period {
    Day from = 0;
    Day to = 0;
    bool holds(Day day) const { return from <= day && day <= to; }
};

/// The county an episode is counted for: of the first failure's station, or the vehicle's registered one.
enum class CountyView { station, registered };

struct CountyRow {
    std::string county;  ///< empty: outside, all counties that are not in the policy's list
    Measures measures;
    bool is_low = false;
    bool is_zero = false;
};

class Tally {
public:
    Tally(const Policy&, CountyView);
    void add(const Episode&);

    /// The policy's counties in its order, then the city, then outside. All rows, empty ones too.
    std::vector<CountyRow> counties() const;
    /// By station: that of the first failure, and each M station with a counting repair.
    const std::map<std::string, Measures>& stations() const { return stations_; }
    const Measures& total() const { return total_; }

private:
    const Policy policy_;
    CountyView view_;
    std::map<std::string, Measures> counties_;  // outside under the empty name
    std::map<std::string, Measures> stations_;
    Measures total_;
};

Tally tally(const Projection&, Period, Day as_of, CountyView = CountyView::station);

}  // namespace imloop::loop
