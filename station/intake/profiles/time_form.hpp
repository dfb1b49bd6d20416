// Times in forms that a profile or mapping names, so that what can be read in two ways is read in the one it says.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/time.hpp"

namespace imloop::station::intake {

struct FormedTime {
    loop::Moment at = 0;
    bool day_only = false;
};

/// `yyyy-MM-dd HH:mm:ss`, `yyyyMMddHHmmss`, `dd/MM/yyyy HH:mm` and the like; `rfc3339`, `serial` (of a spreadsheet),
/// `epoch_s`, `epoch_ms`; `any` is what shop_time reads. A single letter or a separator behind takes one digit or two.
bool is_time_form(std::string_view form);

/// By the first form that fits; without an offset in the text it is `offset`. Nothing where none fits.
std::optional<FormedTime> read_time(std::string_view text, const std::vector<std::string>& forms,
                                    const std::string& offset);

/// A time of day alone: 15:15, 15:15:00, 151500, or the part of a day that a spreadsheet holds it as (0.635416…).
bool is_clock(std::string_view text);
/// Of that day; nothing where it is no such time.
std::optional<FormedTime> read_clock(std::string_view text, loop::Day day, const std::string& offset);

}  // namespace imloop::station::intake
