// What goes by the clock of a PC that may be wrong, and may be put right at any moment. Pure.
#pragma once

#include <limits>

#include "loop/time.hpp"

namespace imloop::station {

/// As a mark: not done yet, due by every clock.
inline constexpr loop::Moment never = std::numeric_limits<loop::Moment>::min() / 2;

/// Whether what was last done at `mark` is to be done again, `every` so often. A mark of the future was made by a clock
/// that was ahead: it is due.
constexpr bool is_due(loop::Moment mark, loop::Moment now, loop::Moment every) {
    return mark > now || now - mark >= every;
}

/// How far this PC's clock is off, in the unit a person would say it in.
struct Apart {
    loop::Moment count = 0;
    const char *zh = "分钟", *en = "minutes";
};
constexpr Apart apart_of(loop::Moment ahead_ms) {
    constexpr loop::Moment minute = 60'000, hour = 60 * minute, day = 24 * hour;
    const auto size = ahead_ms < 0 ? -ahead_ms : ahead_ms;
    if (size < 3 * hour) return {size / minute, "分钟", "minutes"};
    if (size < 3 * day) return {size / hour, "小时", "hours"};
    return {size / day, "天", "days"};
}

}  // namespace imloop::station
