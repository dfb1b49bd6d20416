// A count of every station against what its peers would have counted: the one way in which all station rules compare.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "loop/statistics/funnel.hpp"
#include "loop/statistics/shrinkage.hpp"

namespace imloop::loop::statistics {

struct Counted {
    std::int64_t observed = 0;
    double expected = 0;  ///< > 0
    double variance = 0;  ///< of the count by chance alone; at most `expected` (binomial, Poisson)
};

struct Compared {
    double z = 0;       ///< beyond chance and the honest spread of stations
    double p_low = 1;   ///< of so few, one-sided
    double p_high = 1;  ///< of so many
    double q_low = 1;   ///< false discovery rates over all stations compared
    double q_high = 1;
    double q = 1;  ///< of a deviation as large either way
    Gamma ratio;   ///< observed over expected, shrunk
};

struct Comparison {
    std::vector<Compared> each;  ///< in the order given
    Dispersion spread;           ///< on the scale of 2 (sqrt(ratio) - 1), about that of ln(ratio)
};

/// Deviations are measured on the square-root scale, where counts are nearly normal and of one variance (Anscombe
/// 1948; Spiegelhalter 2005, section 3). Each p is the larger of the exact tail of chance alone and of the tail with
/// the spread: neither a small count nor an honest difference makes a flag. Ratios are of the expectations rescaled by
/// the median station, so that a prefecture full of cheats does not make its honest stations look strict. The spread is
/// measured again without those that stand out, until they are the same ones or four times.
Comparison compare(std::span<const Counted>);

inline constexpr double stands_out = 0.05;

/// By what the expectations are rescaled.
double level_of(const Dispersion&);

}  // namespace imloop::loop::statistics
