#include "loop/stations/weeks.hpp"

#include "loop/block.hpp"

namespace imloop::loop::stations {

Week week_of(Day day) { return block_of(day + 3, 7); }
Day monday_of(Week week) { return week * 7 - 3; }
Week quarter_of(Week week) {
    constexpr int weeks_of_quarter = 13;
    return block_of(week, weeks_of_quarter);
}

Window window(Day as_of, int days) { return {week_of(as_of - days + 1), week_of(as_of)}; }

}  // namespace imloop::loop::stations
