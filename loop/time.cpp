#include "loop/time.hpp"

#include <fmt/format.h>

#include <chrono>

namespace imloop::loop {
namespace {

/// Reads exactly `count` digits at `at`; -1 where one is no digit or the text ends.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

Day floor_div_day(Moment ms) {
    Moment day = ms / day_ms;
    if (ms % day_ms < 0) --day;
    return static_cast<Day>(day);
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const int y = digits(text, 0, 4), m = digits(text, 5, 2), d = digits(text, 8, 2);
    if (y < 0 || m < 0 || d < 0) return std::nullopt;
    const std::chrono::year_month_day ymd{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
                                          std::chrono::day{static_cast<unsigned>(d)}};
    if (!ymd.ok()) return std::nullopt;
    return std::chrono::sys_days{ymd}.time_since_epoch().count();
}

std::optional<Moment> parse_moment(std::string_view text) {
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    const auto day = parse_day(text.substr(0, 10));
    const int h = digits(text, 11, 2), min = digits(text, 14, 2), s = digits(text, 17, 2);
    if (!day || h < 0 || h > 23 || min < 0 || min > 59 || s < 0 || s > 59) return std::nullopt;
    std::size_t at = 19;
    int ms = 0;
    if (text[at] == '.') {
        std::size_t n = 0;
        for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++n)
            if (n < 3) ms = ms * 10 + (text[at] - '0');
        if (n == 0) return std::nullopt;
        for (; n < 3; ++n) ms *= 10;
    }
    Moment offset = 0;
    const auto zone = text.substr(at);
    if (zone == "Z" || zone == "z") {
    } else if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
        const int oh = digits(zone, 1, 2), om = digits(zone, 4, 2);
        if (oh < 0 || oh > 23 || om < 0 || om > 59) return std::nullopt;
        offset = (oh * 60 + om) * 60'000LL * (zone[0] == '-' ? -1 : 1);
    } else {
        return std::nullopt;
    }
    return *day * day_ms + ((h * 60LL + min) * 60 + s) * 1000 + ms - offset;
}

std::string format_day(Day day) {
    const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{day}}};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                       static_cast<unsigned>(ymd.day()));
}

std::string format_moment(Moment moment) {
    const Day day = day_of(moment);
    const Moment rest = moment - start_of(day);
    std::string text =
        fmt::format("{}T{:02}:{:02}:{:02}", format_day(day), rest / 3'600'000, rest / 60'000 % 60, rest / 1000 % 60);
    if (rest % 1000 != 0) text += fmt::format(".{:03}", rest % 1000);
    return text + "+08:00";
}

Day day_of(Moment moment) { return floor_div_day(moment + china_offset_ms); }

Moment start_of(Day day) { return day * day_ms - china_offset_ms; }

}  // namespace imloop::loop
