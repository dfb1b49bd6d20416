// Dice for properties, thrown before.
#pragma once

#include <cstddef>
#include <vector>

namespace imloop::test {

/// Throws of a die that shrink: none left is the first side.
struct Dice {
    const std::vector<unsigned>& numbers;
    std::size_t at = 0;
    unsigned roll(unsigned sides) { return at < numbers.size() ? numbers[at++] % sides : 0; }
    template <std::size_t N>
    const char* pick(const char* const (&of)[N]) {
        return of[roll(N)];
    }
};

}  // namespace imloop::test
