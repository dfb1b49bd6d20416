// What the episodes of one vehicle add to the measures, day by day. An episode's part in a figure changes on days of
// its records and on the day a deadline passes, all known beforehand: so a figure as of any day is a sum of steps up to
// that day, and midnight needs nothing.
#pragma once

#include <compare>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "loop/measures.hpp"

namespace imloop::loop {

/// By what episodes are added up: the county of the first failure's station, the vehicle's registered county, or each
/// station that had a part (the first failure's, and each M station with a counting repair).
enum class CohortView { county, registered_county, station };

/// The episodes of one place that were opened on one day.
struct CohortKey {
    CohortView view{};
    std::string place;  ///< a county's code, empty where there is none, or a station's id
    Day opened_on = 0;
    auto operator<=>(const CohortKey&) const = default;
};

struct Step {
    CohortKey cohort;
    Day day = 0;  ///< from its beginning on
    Measure measure;
    int n = 0;
    bool operator==(const Step&) const = default;
};

/// The cohorts an episode belongs to, each once.
std::vector<CohortKey> cohorts_of(const Episode&);

/// `episodes_at(day)`: the vehicle's episodes as of a day. `days`: all on which they may be others than the day before
/// but for deadlines that pass, which follow from the episodes. Pure.
std::vector<Step> steps(std::set<Day> days, const std::function<std::vector<Episode>(Day)>& episodes_at);

}  // namespace imloop::loop
