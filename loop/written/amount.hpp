// Numbers and amounts as people write them, read strictly by every door alike: 1,280 is 1280; 1,5 and 1.5.0 are
// nothing. Pure, thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imloop::loop {

/// Digits with at most one point and at most twelve before it, commas between thousands only; full-width forms and
/// spaces around are read. Gives ASCII digits without the commas. No sign, no unit, no exponent.
std::optional<std::string> plain_decimal(std::string_view written);
/// The number a plain decimal says.
std::optional<double> decimal_of(std::string_view written);
/// Yuan in cents, rounded half up; ¥, RMB, CNY or 人民币 may stand before it, 元 behind.
std::optional<std::int64_t> cents_of(std::string_view written);

}  // namespace imloop::loop
