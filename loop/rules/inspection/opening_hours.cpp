#include "loop/rules/inspection/opening_hours.hpp"

#include <algorithm>
#include <regex>
#include <string>

namespace imloop::loop::rules {

std::optional<OpeningHours> opening_hours(std::string_view words) {
    static const std::regex time("([0-9]{1,2})(?::|：)([0-9]{2})");
    const std::string text(words);
    std::optional<OpeningHours> out;
    int times = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), time), end; at != end; ++at) {
        const int hour = std::stoi((*at)[1]), minute = std::stoi((*at)[2]);
        if (hour > 24 || minute > 59) return std::nullopt;
        const int when = hour * 60 + minute;
        out = out ? OpeningHours{std::min(out->opens, when), std::max(out->closes, when)} : OpeningHours{when, when};
        ++times;
    }
    return times >= 2 ? out : std::nullopt;
}

int minute_of_day(Moment at) { return static_cast<int>((at - start_of(day_of(at))) / 60'000); }

}  // namespace imloop::loop::rules
