#include "tests/sim/fleet.hpp"

namespace imloop::sim {
namespace {

int value_of(char c) {
    constexpr std::string_view letters_of = "ABCDEFGHJKLMNPRSTUVWXYZ";
    constexpr std::string_view values = "12345678123457923456789";
    if (c >= '0' && c <= '9') return c - '0';
    return values[letters_of.find(c)] - '0';
}

}  // namespace

std::string vin_with_check_digit(std::string vin) {
    constexpr int weights[] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    int sum = 0;
    for (std::size_t i = 0; i < 17; ++i) sum += weights[i] * (i == 8 ? 0 : value_of(vin[i]));
    vin[8] = sum % 11 == 10 ? 'X' : static_cast<char>('0' + sum % 11);
    return vin;
}

std::string slip(std::string vin, Random& random) {
    const auto at = 3 + random.below(13);
    switch (random.below(3)) {
        case 0:
            vin[at] = vin[at] == '8' ? '3' : '8';
            break;
        case 1:
            std::swap(vin[at], vin[at + 1]);
            break;
        default:
            vin.erase(at, 1);
    }
    return vin;
}

}  // namespace imloop::sim
