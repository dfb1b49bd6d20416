// Moments and days. A day is a calendar day at +08:00, always.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imloop::loop {

/// Milliseconds since 1970-01-01T00:00:00Z.
using Moment = std::int64_t;
/// Days since 1970-01-01, of the calendar at +08:00.
using Day = std::int32_t;

inline constexpr Moment day_ms = 86'400'000;
inline constexpr Moment china_offset_ms = 8 * 3'600'000;

/// RFC 3339 with an offset (`Z` or `±hh:mm`), fractions to the millisecond; leap seconds are refused.
std::optional<Moment> parse_moment(std::string_view);
/// `YYYY-MM-DDThh:mm:ss+08:00`, with `.mmm` only where the milliseconds are not 0.
std::string format_moment(Moment);
/// `YYYY-MM-DD`.
std::optional<Day> parse_day(std::string_view);
std::string format_day(Day);

Day day_of(Moment);
/// 00:00+08:00 of the day.
Moment start_of(Day);

}  // namespace imloop::loop
