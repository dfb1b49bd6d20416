// Figures week by week, for what changed and when.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "loop/stations/tallies.hpp"
#include "loop/statistics/change_point.hpp"

namespace imloop::loop::stations {

/// First tests that failed and what the others' rates make of the same tests. Weeks without expectation are left out.
struct WeekOf {
    Week week = 0;
    std::int64_t tests = 0;
    std::int64_t observed = 0;
    double expected = 0;
};
std::map<std::string, std::vector<WeekOf>> failures_by_week(const Tallies&, const Window&);

/// A line's readings beside all other stations' of the same week: mean of ln(reading / limit), each channel less its
/// own middle, so that it is about 0.
struct LineWeeks {
    std::string station_id, line_id;
    std::vector<Week> weeks;
    std::vector<statistics::Daily> level;  ///< one for each week
    /// Mean by channel and week, with the tests behind it.
    std::map<std::uint8_t, std::map<Week, statistics::Daily>> channels;
};
std::vector<LineWeeks> lines_by_week(const Tallies&, const Window&);

/// How many of a line's channels moved the same way at a week, of those with enough tests on both sides.
struct Together {
    int moved = 0;
    int of = 0;
};
Together together(const LineWeeks&, Week at, bool up, double tests_min);

}  // namespace imloop::loop::stations
