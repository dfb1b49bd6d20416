// When a station is open, out of the words of its registration.
#pragma once

#include <optional>
#include <string_view>

#include "loop/time.hpp"

namespace imloop::loop::rules {

/// Minutes of the day at +08:00.
struct OpeningHours {
    int opens = 0, closes = 0;
};

/// From the earliest to the latest time the words name (`08:00-17:30`, `周一至周六 8:30-12:00 14:00-18:00`): days and
/// breaks are not judged. Nothing where they name fewer than two.
std::optional<OpeningHours> opening_hours(std::string_view words);
int minute_of_day(Moment);

}  // namespace imloop::loop::rules
