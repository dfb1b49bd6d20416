#include "loop/vehicle/vin.hpp"

#include <algorithm>
#include <array>

#include "loop/vehicle/text.hpp"

namespace imloop::loop {
namespace {

constexpr std::size_t places = 17;
constexpr std::string_view letters_and_digits = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ";
constexpr std::size_t check_place = 8;  // counted from 0

/// GB 16735-2019 table of letter values; -1 for what a VIN does not hold.
int value_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    constexpr std::string_view letters = "ABCDEFGHJKLMNPRSTUVWXYZ";
    constexpr std::string_view values = "12345678123457923456789";
    const auto at = letters.find(c);
    return at == std::string_view::npos ? -1 : values[at] - '0';
}

}  // namespace

std::string normal_vin(std::string_view raw) {
    std::string out = normal_text(raw);
    std::erase_if(out, [](char c) { return !((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')); });
    for (char& c : out) {
        if (c == 'I') c = '1';
        if (c == 'O' || c == 'Q') c = '0';
    }
    return out;
}

bool vin_proven(std::string_view vin) {
    if (vin.size() != places) return false;
    constexpr std::array<int, places> weights{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    int sum = 0;
    for (std::size_t i = 0; i < places; ++i) {
        const int value = value_of(vin[i]);
        if (value < 0) return false;
        sum += value * weights[i];
    }
    const int check = sum % 11;
    return vin[check_place] == (check == 10 ? 'X' : static_cast<char>('0' + check));
}

std::string masked_vin(std::string_view vin) {
    constexpr std::size_t head = 3, tail = 4, short_tail = 2;
    const auto count = characters(vin).size();
    if (count == 0) return {};
    if (count <= head + tail) return "***" + std::string(last_characters(vin, std::min(short_tail, count - 1)));
    return std::string(first_characters(vin, head)) + "***" + std::string(last_characters(vin, tail));
}

bool one_slip_apart(std::string_view a, std::string_view b) {
    if (a == b) return false;
    if (a.size() < b.size()) std::swap(a, b);
    if (a.size() - b.size() > 1) return false;
    std::size_t first = 0;
    while (first < b.size() && a[first] == b[first]) ++first;
    if (a.size() != b.size()) return a.substr(first + 1) == b.substr(first);  // missing or doubled
    const auto rest_a = a.substr(first + 1), rest_b = b.substr(first + 1);
    if (rest_a == rest_b) return true;
    return !rest_a.empty() && a[first] == rest_b[0] && rest_a[0] == b[first] && rest_a.substr(1) == rest_b.substr(1);
}

std::vector<std::string> slip_keys(std::string_view vin) {
    // Leaving out one place of each makes equal what one slip had parted: at the place that differs, at either of two
    // swapped neighbours, or, for a VIN one place short, the short one itself.
    std::vector<std::string> keys{std::string(vin)};
    for (std::size_t i = 0; i < vin.size(); ++i) {
        if (i > 0 && vin[i] == vin[i - 1]) continue;  // the same key again
        std::string key(vin);
        key.erase(i, 1);
        keys.push_back(std::move(key));
    }
    return keys;
}

std::vector<std::string> proven_slips(std::string_view vin) {
    std::vector<std::string> out;
    const auto keep = [&](const std::string& other) {
        if (other != vin && vin_proven(other)) out.push_back(other);
    };
    std::string other(vin);
    for (std::size_t i = 0; vin.size() == places && i < places; ++i) {
        for (const char c : letters_and_digits) {
            other[i] = c;
            keep(other);
        }
        other[i] = vin[i];
        if (i + 1 == places) break;
        std::swap(other[i], other[i + 1]);
        keep(other);
        std::swap(other[i], other[i + 1]);
    }
    for (std::size_t i = 0; vin.size() == places - 1 && i < places; ++i)
        for (const char c : letters_and_digits) keep(std::string(vin).insert(i, 1, c));
    for (std::size_t i = 0; vin.size() == places + 1 && i < vin.size(); ++i) keep(std::string(vin).erase(i, 1));
    std::ranges::sort(out);
    const auto repeated = std::ranges::unique(out);
    out.erase(repeated.begin(), repeated.end());
    return out;
}

}  // namespace imloop::loop
