#include "station/intake/formats/number_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace imloop::station::intake {
namespace {

/// Serial numbers from here on are no days a spreadsheet knows (10000-01-01).
constexpr double serial_end = 2'958'466;
/// Beyond this a double does not hold each whole number.
constexpr double whole_most = 9e15;

/// The part for positive numbers, as literals and places of digits.
struct Section {
    std::string before, between, behind;  ///< of `between`: a place is 0, # or ?
    bool time = false, percent = false, scaled = false;

    bool begun() const { return between.find_first_of("0#?") != std::string::npos; }
    void literal(std::string_view text) { (begun() ? behind : before) += text; }
    void place(char c) {
        between += behind;
        behind.clear();
        between += c;
    }
};

/// [h] and the like show hours beyond 24; [$¥-804] a currency; colours and conditions show nothing.
void take_bracket(Section& out, std::string_view inside) {
    if (inside.starts_with('$')) return out.literal(inside.substr(1, inside.find('-') - 1));
    if (!inside.empty() && inside.find_first_not_of("hHmMsS") == std::string_view::npos) out.time = true;
}

Section section_of(std::string_view code) {
    Section out;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[i];
        if (c == '"' || c == '[') {
            const auto end = code.find(c == '"' ? '"' : ']', i + 1);
            if (end == std::string_view::npos) return out;
            const auto inside = code.substr(i + 1, end - i - 1);
            c == '"' ? out.literal(inside) : take_bracket(out, inside);
            i = end;
        } else if (c == '\\' || c == '!') {
            if (++i < code.size()) out.literal(code.substr(i, 1));
        } else if (c == '_' || c == '*') {
            ++i;
        } else if (c == ';') {
            break;
        } else if (std::string_view("yYmMdDhHsS").find(c) != std::string_view::npos) {
            out.time = true;
        } else if (c == '%') {
            out.percent = true;
        } else if (c == '0' || c == '#' || c == '?') {
            out.place(c);
        } else if (c == ',' && out.begun()) {
            const auto next = code.find_first_not_of(',', i);
            const bool between_places =
                next != std::string_view::npos && std::string_view("0#?").find(code[next]) != std::string_view::npos;
            out.scaled = out.scaled || !between_places;
            if (between_places) out.place(c);
        } else if (c == '.') {
            out.place(c);
        } else if (c != '@') {
            out.literal(code.substr(i, 1));
        }
    }
    return out;
}

std::string trimmed_spaces(std::string text) {
    const auto first = text.find_first_not_of(' ');
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

/// A currency that is not the yuan, or a unit that makes another number of it.
bool changes_meaning(std::string_view literal) {
    for (const std::string_view word : {"$", "€", "£", "USD", "EUR", "HK", "JPY", "美元", "港", "欧", "万", "千", "亿",
                                        "角", "分", "mile", "MILE", "英里"})
        if (literal.find(word) != std::string_view::npos) return true;
    return false;
}

std::string number_text(double value) {
    auto text = fmt::format("{:.15G}", value);
    return text == "-0" ? "0" : text;
}

/// As 2026-03-01, with the time of day where the serial number has one; the time of day alone where it has no day.
std::string time_text(double serial, loop::Day zero) {
    if (serial < 0 || serial >= serial_end) return number_text(serial);
    constexpr std::int64_t day_seconds = 86'400;
    const auto seconds = static_cast<std::int64_t>(std::llround(serial * static_cast<double>(day_seconds)));
    const auto moment =
        loop::start_of(zero + static_cast<loop::Day>(seconds / day_seconds)) + seconds % day_seconds * 1000;
    auto text = loop::format_moment(moment).substr(0, 19);
    if (serial < 1 && seconds < day_seconds) return text.substr(11);
    if (seconds % day_seconds == 0) return text.substr(0, 10);
    text[10] = ' ';
    return text;
}

/// The digits of a whole number into the places from the right; what is longer begins before the first.
std::string in_places(std::string digits, std::string_view places) {
    std::string out;
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
        if (*place != '0') {
            out += *place;
        } else {
            out += digits.empty() ? '0' : digits.back();
            if (!digits.empty()) digits.pop_back();
        }
    }
    std::ranges::reverse(out);
    return digits + out;
}

}  // namespace

NumberFormat number_format(std::string_view code) {
    const auto section = section_of(code);
    NumberFormat out;
    out.time = section.time;
    out.percent = section.percent;
    if (out.time || section.scaled) return out;
    const auto zeros = std::ranges::count(section.between, '0');
    const bool no_fraction = section.between.find_first_of(".,#?") == std::string::npos;
    out.only_zeros = zeros >= 2 && no_fraction;
    if (out.only_zeros) out.zeros = section.between;
    for (const auto& [from, to] : {std::pair{&section.before, &out.before}, {&section.behind, &out.behind}})
        if (out.only_zeros || changes_meaning(*from)) *to = trimmed_spaces(*from);
    return out;
}

NumberFormat builtin_format(std::size_t id) {
    NumberFormat out;
    out.time = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    out.percent = id == 9 || id == 10;
    return out;
}

std::string shown_number(double value, const NumberFormat& format, loop::Day zero) {
    if (format.time) return time_text(value, zero);
    if (format.percent) return number_text(value * 100) + "%";
    const bool whole = value >= 0 && value < whole_most && std::trunc(value) == value;
    const auto digits =
        format.only_zeros && whole ? in_places(fmt::format("{:.0f}", value), format.zeros) : number_text(value);
    return format.before + digits + format.behind;
}

}  // namespace imloop::station::intake
