#include "station/intake/profiles/time_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "station/intake/formats/table.hpp"
#include "station/intake/outcome/fields.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::string_view letters = "yMdHms";
constexpr std::array<std::string_view, 5> named = {"any", "rfc3339", "serial", "epoch_s", "epoch_ms"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Year, month, day, hour, minute, second by the mask; a fraction of a second may follow and is dropped.
std::optional<std::array<int, 6>> by_mask(std::string_view text, std::string_view mask) {
    const bool separated = std::ranges::any_of(mask, [](char c) { return letters.find(c) == std::string_view::npos; });
    std::array<int, 6> parts{0, 1, 1, 0, 0, 0};
    std::size_t at = 0;
    for (std::size_t i = 0; i < mask.size();) {
        const auto letter = letters.find(mask[i]);
        if (letter == std::string_view::npos) {
            if (at == text.size() || text[at] != mask[i]) return std::nullopt;
            ++at, ++i;
            continue;
        }
        std::size_t run = 1;
        while (i + run < mask.size() && mask[i + run] == mask[i]) ++run;
        const bool loose = run < 3 && separated;
        const std::size_t most = loose ? 2 : run;
        std::size_t digits = 0;
        int value = 0;
        while (digits < most && at < text.size() && is_digit(text[at])) {
            value = value * 10 + (text[at++] - '0');
            ++digits;
        }
        if (digits == 0 || (!loose && digits != run)) return std::nullopt;
        parts[letter] = value;
        i += run;
    }
    if (at < text.size() && text[at] == '.' && mask.ends_with('s') && at + 1 < text.size() &&
        std::ranges::all_of(text.substr(at + 1), is_digit))
        at = text.size();
    return at == text.size() ? std::optional(parts) : std::nullopt;
}

/// How far a time read as +08:00 must move to be one of `offset`.
loop::Moment shift_of(const std::string& offset) {
    const auto there = loop::parse_moment("2000-01-01T00:00:00" + offset);
    const auto here = loop::parse_moment("2000-01-01T00:00:00+08:00");
    return there && here ? *there - *here : 0;
}

bool says_offset(std::string_view text) {
    return text.ends_with('Z') || (text.size() > 16 && text[text.size() - 3] == ':' &&
                                   (text[text.size() - 6] == '+' || text[text.size() - 6] == '-'));
}

std::optional<FormedTime> by_form(const std::string& text, const std::string& form, const std::string& offset) {
    if (form == "rfc3339") {
        const auto at = loop::parse_moment(text);
        return at ? std::optional(FormedTime{*at, false}) : std::nullopt;
    }
    if (form == "epoch_s" || form == "epoch_ms") {
        const auto n = number(text);
        if (!n || *n < 0 || *n > 1e14) return std::nullopt;
        return FormedTime{static_cast<loop::Moment>(form == "epoch_s" ? *n * 1000 : *n), false};
    }
    if (form == "any" || form == "serial") {
        const bool is_serial = text.size() >= 5 && std::ranges::all_of(text.substr(0, 5), is_digit) &&
                               (text.size() == 5 || text[5] == '.');
        if (form == "serial" && !is_serial) return std::nullopt;
        const auto read = shop_time(text, serial_zero_1900());
        if (!read) return std::nullopt;
        return FormedTime{says_offset(text) ? read->at : read->at + shift_of(offset), read->day_only};
    }
    const auto p = by_mask(text, form);
    if (!p) return std::nullopt;
    const auto at = loop::parse_moment(fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}", p->at(0), p->at(1),
                                                   p->at(2), p->at(3), p->at(4), p->at(5), offset));
    if (!at) return std::nullopt;
    return FormedTime{*at, form.find('H') == std::string::npos};
}

}  // namespace

bool is_time_form(std::string_view form) {
    if (std::ranges::find(named, form) != named.end()) return true;
    return form.find("yyyy") != std::string_view::npos && form.find('M') != std::string_view::npos &&
           form.find('d') != std::string_view::npos;
}

std::optional<FormedTime> read_clock(std::string_view raw, loop::Day day, const std::string& offset) {
    constexpr double seconds_of_day = 86'400;
    const auto text = half_width(tidy(raw));
    const auto part = text.find('.') == std::string::npos ? std::nullopt : number(text);
    if (part && *part >= 0 && *part < 1) {
        const auto start = by_form(loop::format_day(day), "yyyy-MM-dd", offset);
        const auto second = std::min(std::round(*part * seconds_of_day), seconds_of_day - 1);
        return FormedTime{start.value().at + static_cast<loop::Moment>(second) * 1000, false};
    }
    for (const auto* form : {"yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HHmmss"})
        if (const auto read = by_form(loop::format_day(day) + " " + text, form, offset)) return read;
    return std::nullopt;
}

bool is_clock(std::string_view text) { return read_clock(text, serial_zero_1900(), "+08:00").has_value(); }

std::optional<FormedTime> read_time(std::string_view raw, const std::vector<std::string>& forms,
                                    const std::string& offset) {
    const auto text = half_width(tidy(raw));
    if (text.empty() || text.size() > 64) return std::nullopt;
    for (const auto& form : forms)
        if (const auto read = by_form(text, form, offset)) return read;
    return std::nullopt;
}

}  // namespace imloop::station::intake
