// What stands in a cell of a shop's export: text, times, money, numbers. What can be read in two ways is not read. Pure
// and thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/time.hpp"

namespace imloop::station::intake {

/// loop::trimmed and loop::half_width, as all of intake calls them.
std::string tidy(std::string_view);
std::string half_width(std::string_view);
/// Where `word` stands in `text`; a word of ASCII letters not inside a longer one. npos: nowhere.
std::size_t find_word(std::string_view text, std::string_view word);
/// The first `most` characters.
std::string shortened(std::string_view utf8, std::size_t most);

/// 6.104E+17, 6.1E17, 20260305000101.0: a number whose last digits are lost.
bool scientific(std::string_view);

struct ShopTime {
    loop::Moment at = 0;
    bool day_only = false;  ///< no time of day, or 00:00:00, which is how software writes a day
    bool operator==(const ShopTime&) const = default;
};
/// 20260301162000, 202603011620, 20260301, 2026-03-01 16:20[:00], 2026/3/1, 2026.3.1, 2026年3月1日16时20分, RFC 3339,
/// and serial numbers of a spreadsheet; without an offset +08:00. Of the years 2000 to 2099; nothing where it is none.
std::optional<ShopTime> shop_time(std::string_view, loop::Day serial_zero);

/// ¥1,234.50元 as 123450 hundredths, rounded half up; nothing where it is no amount or negative. `power` of ten: from
/// the unit that the header says (4: 万元); then no other unit may stand in the cell.
std::optional<std::int64_t> shop_cents(std::string_view, int power = 0);
/// 85,300公里 as 85300; a unit of what the field measures may stand behind. Not negative. `power` as above.
std::optional<double> shop_number(std::string_view, std::string_view field, int power = 0);

/// 报告编码{20 to 24 digits} in free text; braces of both widths.
std::optional<std::string> report_number_in(std::string_view);

struct ShopWarranty {
    std::optional<std::int64_t> days;
    std::optional<double> km;
};
/// 20000公里或100日. Months and ten thousands are not turned into days and kilometres.
ShopWarranty warranty_in(std::string_view);

}  // namespace imloop::station::intake
