#include "loop/statistics/digits.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "loop/statistics/robust.hpp"
#include "loop/statistics/tails.hpp"

namespace imloop::loop::statistics {
namespace {

double log_term(double observed, double expected) {
    return observed > 0 ? observed * std::log(observed / expected) : 0;
}

}  // namespace

DigitTest digit_test(const Digits& own, const Digits& peers) {
    const double of_own = static_cast<double>(std::accumulate(own.begin(), own.end(), std::int64_t{0}));
    const double of_peers = static_cast<double>(std::accumulate(peers.begin(), peers.end(), std::int64_t{0}));
    DigitTest out;
    if (of_own <= 0 || of_peers <= 0) return out;
    double entropy = 0;
    for (std::size_t d = 0; d < own.size(); ++d) {
        const double a = static_cast<double>(own[d]);
        const double b = static_cast<double>(peers[d]);
        if (a + b <= 0) continue;
        const double share = (a + b) / (of_own + of_peers);
        out.chi_square += std::pow(a - of_own * share, 2) / (of_own * share);
        out.chi_square += std::pow(b - of_peers * share, 2) / (of_peers * share);
        out.g += 2 * (log_term(a, of_own * share) + log_term(b, of_peers * share));
        const double middle = (a / of_own + b / of_peers) / 2;
        entropy += log_term(a / of_own, middle) / 2 + log_term(b / of_peers, middle) / 2;
        ++out.freedom;
    }
    --out.freedom;
    out.distance = std::max(entropy, 0.0) / std::log(2);
    return out;
}

double digit_dispersion(std::span<const DigitTest> tests) {
    std::vector<double> ratios;
    for (const auto& t : tests) {
        if (t.freedom < 1) continue;
        const double f = t.freedom;
        ratios.push_back(t.chi_square / f / std::pow(1 - 2 / (9 * f), 3));
    }
    return ratios.empty() ? 1 : std::max(1.0, median(std::move(ratios)));
}

double digit_p(const DigitTest& t, double phi) {
    return t.freedom < 1 ? 1 : chi_square_above(t.chi_square / phi, t.freedom);
}

double expected_pairs(std::int64_t tests, double chance) {
    const double n = static_cast<double>(tests);
    return n * (n - 1) / 2 * chance;
}

std::int64_t pairs_in(std::span<const std::int64_t> sizes_of_groups) {
    std::int64_t pairs = 0;
    for (const std::int64_t size : sizes_of_groups) pairs += size * (size - 1) / 2;
    return pairs;
}

}  // namespace imloop::loop::statistics
