#include "loop/written/amount.hpp"

#include <algorithm>
#include <charconv>

#include "loop/written/text.hpp"

namespace imloop::loop {
namespace {

constexpr std::size_t whole_digits_max = 12, amount_bytes_max = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

/// `1,280,000`: one to three digits, then groups of three.
std::optional<std::string> without_commas(std::string_view whole) {
    std::string out;
    for (bool first = true;; first = false) {
        const auto group = whole.substr(0, whole.find(','));
        const bool is_last = group.size() == whole.size();
        const bool fits = first ? is_last || (group.size() >= 1 && group.size() <= 3) : group.size() == 3;
        if (!fits || !all_digits(group)) return std::nullopt;
        out += group;
        if (is_last) return out;
        whole.remove_prefix(group.size() + 1);
    }
}

}  // namespace

std::optional<std::string> plain_decimal(std::string_view written) {
    if (written.size() > amount_bytes_max) return std::nullopt;
    const auto text = half_width(trimmed(written));
    const auto point = std::min(text.find('.'), text.size());
    auto out = without_commas(std::string_view(text).substr(0, point));
    if (!out || out->size() > whole_digits_max) return std::nullopt;
    if (point == text.size()) return out;
    const auto behind = std::string_view(text).substr(point + 1);
    if (!all_digits(behind)) return std::nullopt;
    return *out + "." + std::string(behind);
}

std::optional<double> decimal_of(std::string_view written) {
    const auto digits = plain_decimal(written);
    if (!digits) return std::nullopt;
    double value = 0;
    std::from_chars(digits->data(), digits->data() + digits->size(), value, std::chars_format::fixed);
    return value;
}

std::optional<std::int64_t> cents_of(std::string_view written) {
    auto text = trimmed(half_width(trimmed(written)));
    for (const std::string_view sign : {"\xC2\xA5", "RMB", "CNY", "人民币"})
        if (text.starts_with(sign)) text.erase(0, sign.size());
    if (constexpr std::string_view yuan = "元"; text.ends_with(yuan)) text.resize(text.size() - yuan.size());
    const auto digits = plain_decimal(text);
    if (!digits) return std::nullopt;
    const auto point = std::min(digits->find('.'), digits->size());
    auto decimals = digits->substr(std::min(point + 1, digits->size()));
    decimals.resize(3, '0');
    std::int64_t yuan = 0;
    std::from_chars(digits->data(), digits->data() + point, yuan);
    return yuan * 100 + (decimals[0] - '0') * 10 + (decimals[1] - '0') + (decimals[2] >= '5' ? 1 : 0);
}

}  // namespace imloop::loop
