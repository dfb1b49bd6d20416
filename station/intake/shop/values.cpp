#include "station/intake/shop/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <regex>

#include "loop/vehicle/text.hpp"
#include "loop/written/amount.hpp"
#include "loop/written/judgement.hpp"
#include "loop/written/text.hpp"
#include "station/intake/shop/columns.hpp"

namespace imloop::station::intake {
namespace {

/// Nothing that is longer is a number, an amount or a time.
constexpr std::size_t value_bytes = 64;

bool digit(char c) { return c >= '0' && c <= '9'; }
bool ascii_letter_or_digit(char c) { return digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, digit); }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

/// 0.184 by four places is 1840: exact, as no multiplication is.
std::string moved_point(const std::string& plain, int places) {
    auto point = std::min(plain.find('.'), plain.size());
    auto digits = plain;
    if (point < digits.size()) digits.erase(point, 1);
    const auto left = places < 0 ? static_cast<std::size_t>(-places) : 0;
    const auto right = places > 0 ? static_cast<std::size_t>(places) : 0;
    if (left >= point) {
        digits.insert(0, left - point + 1, '0');
        point += left - point + 1;
    }
    point = point - left + right;
    if (digits.size() < point) digits.append(point - digits.size(), '0');
    return point == digits.size() ? digits : digits.substr(0, point) + "." + digits.substr(point);
}

/// Half width, without spaces and without a unit of the field behind.
std::string without_unit(std::string_view text, std::string_view field) {
    auto out = replaced(half_width(tidy(text)), " ", "");
    const std::string* longest = nullptr;
    const auto ends = [&](const std::string& unit) {
        if (out.size() <= unit.size()) return false;
        const std::string_view tail = std::string_view(out).substr(out.size() - unit.size());
        return std::ranges::equal(tail, unit, [](char a, char b) {
            return a == b || (ascii_letter_or_digit(a) && ascii_letter_or_digit(b) && (a | 0x20) == (b | 0x20));
        });
    };
    for (const auto& unit : shop_units(field))
        if (ends(unit) && (longest == nullptr || unit.size() > longest->size())) longest = &unit;
    if (longest != nullptr) out.resize(out.size() - longest->size());
    return out;
}

std::optional<ShopTime> checked(const std::string& rfc3339) {
    const auto at = loop::parse_moment(rfc3339);
    if (!at) return std::nullopt;
    const auto day = loop::day_of(*at);
    const auto year = loop::format_day(day).substr(0, 2);
    if (year != "20") return std::nullopt;
    return ShopTime{*at, *at == loop::start_of(day)};
}

std::optional<ShopTime> serial_time(const std::string& text, loop::Day zero) {
    const auto serial = number(text);
    if (!serial) return std::nullopt;
    const auto seconds = static_cast<std::int64_t>(std::llround(*serial * 86'400));
    return checked(
        loop::format_moment(loop::start_of(zero + static_cast<loop::Day>(seconds / 86'400)) + seconds % 86'400 * 1000));
}

}  // namespace

std::string tidy(std::string_view text) { return loop::trimmed(text); }
std::string half_width(std::string_view text) { return loop::half_width(text); }

std::size_t find_word(std::string_view text, std::string_view word) {
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        const bool inside =
            (ascii_letter_or_digit(word.front()) && at > 0 && ascii_letter_or_digit(text[at - 1])) ||
            (ascii_letter_or_digit(word.back()) && end < text.size() && ascii_letter_or_digit(text[end]));
        if (!inside) return at;
    }
    return std::string_view::npos;
}

std::string shortened(std::string_view utf8, std::size_t most) {
    std::size_t count = 0, at = 0;
    for (; at < utf8.size(); ++at)
        if ((utf8[at] & 0xC0) != 0x80 && ++count > most) break;
    return std::string(utf8.substr(0, at));
}

bool scientific(std::string_view text) { return loop::judge_number(text).code == "rounded_number"; }

std::optional<ShopTime> shop_time(std::string_view raw, loop::Day serial_zero) {
    auto text = half_width(tidy(raw));
    if (text.size() > value_bytes) return std::nullopt;
    if (all_digits(text)) {
        const auto part = [&](std::size_t at, std::size_t n) {
            return text.size() >= at + n ? text.substr(at, n) : "";
        };
        if (text.size() == 5) return serial_time(text, serial_zero);
        if (text.size() != 8 && text.size() != 12 && text.size() != 14) return std::nullopt;
        const auto clock = text.size() == 8    ? std::string("00:00:00")
                           : text.size() == 12 ? part(8, 2) + ":" + part(10, 2) + ":00"
                                               : part(8, 2) + ":" + part(10, 2) + ":" + part(12, 2);
        return checked(fmt::format("{}-{}-{}T{}+08:00", part(0, 4), part(4, 2), part(6, 2), clock));
    }
    if (text.size() > 6 && text[5] == '.' && all_digits(text.substr(0, 5)) && all_digits(text.substr(6)))
        return serial_time(text, serial_zero);
    for (const auto& [from, to] : std::array<std::pair<const char*, const char*>, 7>{
             {{"年", "-"}, {"月", "-"}, {"日", " "}, {"时", ":"}, {"点", ":"}, {"分", ":"}, {"秒", ""}}})
        text = replaced(text, from, to);
    while (!text.empty() && (text.back() == ' ' || text.back() == ':')) text.pop_back();
    static const std::regex form(
        R"((\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d+)?)?\s*(Z|[+-]\d\d:\d\d)?)?)");
    std::smatch m;
    if (!std::regex_match(text, m, form)) return std::nullopt;
    const auto two = [&](std::size_t group) {
        const auto value = m[group].str();
        return value.empty() ? "00" : value.size() == 1 ? "0" + value : value;
    };
    return checked(fmt::format("{}-{}-{}T{}:{}:{}{}{}", m[1].str(), two(3), two(4), two(5), two(6), two(7), m[8].str(),
                               m[9].length() == 0 ? "+08:00" : m[9].str()));
}

std::optional<std::int64_t> shop_cents(std::string_view raw, int power) {
    if (raw.size() > value_bytes) return std::nullopt;
    if (power != 0) {
        const auto digits = loop::plain_decimal(raw);
        return digits ? loop::cents_of(moved_point(*digits, power)) : std::nullopt;
    }
    const auto text = half_width(tidy(raw));
    for (const std::string_view unit : {"圆", "人民币", "RMB", "CNY"})
        if (text.size() > unit.size() && text.ends_with(unit))
            return loop::cents_of(std::string_view(text).substr(0, text.size() - unit.size()));
    return loop::cents_of(text);
}

std::optional<double> shop_number(std::string_view raw, std::string_view field, int power) {
    if (raw.size() > value_bytes) return std::nullopt;
    const auto digits = loop::plain_decimal(power == 0 ? without_unit(raw, field) : std::string(raw));
    return digits ? loop::decimal_of(moved_point(*digits, power)) : std::nullopt;
}

std::optional<std::string> report_number_in(std::string_view raw) {
    constexpr std::string_view name = "报告编码";
    static const std::regex form(R"([ :]*\{?[ ]*(\d{20,24})(?!\d))");
    const auto text = half_width(raw);
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
        const auto behind = text.substr(at + name.size(), value_bytes);
        std::smatch m;
        if (std::regex_search(behind, m, form, std::regex_constants::match_continuous)) return m[1].str();
    }
    return std::nullopt;
}

ShopWarranty warranty_in(std::string_view raw) {
    const auto text = replaced(replaced(half_width(raw), " ", ""), ",", "");
    static const std::regex days(R"((\d{1,5})(?:日|天))"), km(R"((\d{1,7})(?:公里|千米|[Kk][Mm]))");
    ShopWarranty out;
    std::smatch m;
    if (std::regex_search(text, m, days)) out.days = std::stoll(m[1].str());
    if (std::regex_search(text, m, km)) out.km = std::stod(m[1].str());
    return out;
}

}  // namespace imloop::station::intake
