// Last digits and repeated readings, against peers on the same kind of instrument. Never against Benford's law: what
// is bounded and rounded breaks it in all honesty.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace imloop::loop::statistics {

using Digits = std::array<std::int64_t, 10>;

struct DigitTest {
    double chi_square = 0;  ///< Pearson's, of the station against its peers (two samples)
    double g = 0;           ///< likelihood ratio (Sokal and Rohlf)
    int freedom = 0;        ///< digits that occur at all, less one
    double distance = 0;    ///< Jensen-Shannon, in bits, 0 (alike) to 1
};
/// A difference of two samples: `peers` does not hold `own`. All zero if either has nothing.
DigitTest digit_test(const Digits& own, const Digits& peers);

/// How much more the tests of honest stations scatter than chance: the median of chi-square / freedom over its
/// expected median (Wilson-Hilferty), at least 1. Dividing chi-square by it is Rao and Scott's first correction (1984).
double digit_dispersion(std::span<const DigitTest>);
/// P of a chi-square as large, after division by `phi`.
double digit_p(const DigitTest&, double phi = 1);

/// Pairs of equal values to expect among `tests`, where two tests of different vehicles are equal with `chance`
/// (the birthday problem: n (n - 1) / 2 by chance).
double expected_pairs(std::int64_t tests, double chance);
/// Pairs of equals in groups of equal values.
std::int64_t pairs_in(std::span<const std::int64_t> sizes_of_groups);

}  // namespace imloop::loop::statistics
