// Weeks and quarters of a year, by number, as figures of stations are counted by.
#pragma once

#include "loop/time.hpp"

namespace imloop::loop::stations {

/// Weeks from Monday to Sunday, by number.
using Week = std::int32_t;
Week week_of(Day);
Day monday_of(Week);
/// Quarters of a year of 13 weeks, by number.
Week quarter_of(Week);

struct Window {
    Week from = 0;
    Week to = 0;  ///< inclusive
};
/// The weeks that hold the `days` up to `as_of`.
Window window(Day as_of, int days);

}  // namespace imloop::loop::stations
