#include "loop/statistics/comparison.hpp"

#include <algorithm>
#include <cmath>

#include "loop/statistics/false_discovery.hpp"
#include "loop/statistics/tails.hpp"

namespace imloop::loop::statistics {
namespace {

Deviation deviation_of(const Counted& c) {
    constexpr double anscombe = 3.0 / 8;
    const double root = std::sqrt((static_cast<double>(c.observed) + anscombe) / (c.expected + anscombe));
    return {2 * (root - 1), std::sqrt(c.variance) / (c.expected + anscombe)};
}

/// Binomial or Poisson with the mean and, as near as whole numbers of tests allow, the variance.
struct Chance {
    std::int64_t of = 0;  ///< 0: Poisson
    double mean = 0;
    explicit Chance(const Counted& c) : mean(c.expected) {
        constexpr double as_good_as_poisson = 1e-6;
        const double short_of = c.expected - c.variance;
        if (short_of <= as_good_as_poisson * c.expected) return;
        of = std::max(std::llround(c.expected * c.expected / short_of), static_cast<long long>(std::ceil(c.expected)));
        of = std::max(of, c.observed);
    }
    double rate() const { return std::min(mean / static_cast<double>(of), 1.0); }
    double at_most(std::int64_t k) const {
        return std::exp(of > 0 ? log_binomial_at_most(k, of, rate()) : log_poisson_at_most(k, mean));
    }
    double at_least(std::int64_t k) const {
        return std::exp(of > 0 ? log_binomial_at_least(k, of, rate()) : log_poisson_at_least(k, mean));
    }
};

}  // namespace

Comparison compare(std::span<const Counted> counted) {
    Comparison out;
    std::vector<Deviation> deviations;
    for (const auto& c : counted) deviations.push_back(deviation_of(c));
    out.spread = dispersion(deviations);
    const double level = std::pow(1 + out.spread.centre / 2, 2);
    std::vector<Count> counts;
    std::vector<double> low;
    std::vector<double> high;
    for (std::size_t i = 0; i < counted.size(); ++i) {
        const Counted levelled{counted[i].observed, counted[i].expected * level, counted[i].variance * level};
        const Chance chance(levelled);
        Compared one;
        one.z = z_of(deviations[i], out.spread);
        one.p_low = std::max(normal_above(-one.z), chance.at_most(counted[i].observed));
        one.p_high = std::max(normal_above(one.z), chance.at_least(counted[i].observed));
        low.push_back(one.p_low);
        high.push_back(one.p_high);
        counts.push_back({static_cast<double>(levelled.observed), levelled.expected});
        out.each.push_back(one);
    }
    const auto q_low = false_discovery_q(low);
    const auto q_high = false_discovery_q(high);
    const Gamma all = ratios_of_all(counts);
    for (std::size_t i = 0; i < counted.size(); ++i) {
        out.each[i].q_low = q_low[i];
        out.each[i].q_high = q_high[i];
        out.each[i].ratio = ratio_of(counts[i], all);
    }
    return out;
}

}  // namespace imloop::loop::statistics
