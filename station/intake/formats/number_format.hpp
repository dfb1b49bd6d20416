// What the number format of a spreadsheet's cell shows beside the number: that it is a time, zeros before it, a
// currency. ECMA-376 part 1, 18.8.30 and 18.8.31. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "loop/time.hpp"

namespace imloop::station::intake {

struct NumberFormat {
    bool time = false;           ///< days or hours
    bool percent = false;        ///< a hundred times what is stored, and %
    bool only_zeros = false;     ///< 00000000, "SL"00000: a number by which a thing is found
    std::string zeros;           ///< where only_zeros: a digit place for each 0, and what stands between
    std::string before, behind;  ///< words around it, where they change what it means (SL, $, 万)
};

NumberFormat number_format(std::string_view code);
/// Of the formats that have a number and no code in the file.
NumberFormat builtin_format(std::size_t id);

/// As the spreadsheet shows it, without colours, commas and rounding: `00000507`, `2026-03-01 16:20:00`, `15:15:00`,
/// `1840`. `zero`: Table::serial_zero.
std::string shown_number(double value, const NumberFormat&, loop::Day zero);

}  // namespace imloop::station::intake
