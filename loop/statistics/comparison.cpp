#include "loop/statistics/comparison.hpp"

#include <algorithm>
#include <cmath>

#include "loop/statistics/false_discovery.hpp"
#include "loop/statistics/tails.hpp"

namespace imloop::loop::statistics {
namespace {

/// Share of stations drawn in on each side before the spread is measured, and how much the measure then knows beside
/// the plain variance of as many normal values (asymptotic relative efficiency, rounded down).
constexpr double drawn_in = 0.2;
constexpr double drawn_in_efficiency = 0.5;

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

/// z, tails and false discovery rates of all by a given spread.
std::vector<Compared> judged(std::span<const Counted> counted, std::span<const Deviation> deviations,
                             const Dispersion& spread, std::size_t measured_by) {
    const double freedom = std::max(1.0, (static_cast<double>(measured_by) - 1) * drawn_in_efficiency);
    std::vector<Compared> out;
    std::vector<double> low;
    std::vector<double> high;
    std::vector<double> either;
    for (std::size_t i = 0; i < counted.size(); ++i) {
        const double level = level_of(spread);
        const Chance chance({counted[i].observed, counted[i].expected * level, counted[i].variance * level});
        Compared one;
        one.z = z_of(deviations[i], spread);
        one.p_low = std::max(student_above(-one.z, freedom), chance.at_most(counted[i].observed));
        one.p_high = std::max(student_above(one.z, freedom), chance.at_least(counted[i].observed));
        low.push_back(one.p_low);
        high.push_back(one.p_high);
        either.push_back(std::min(1.0, 2 * std::min(one.p_low, one.p_high)));
        out.push_back(one);
    }
    const auto q_low = false_discovery_q(low);
    const auto q_high = false_discovery_q(high);
    const auto q = false_discovery_q(either);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].q_low = q_low[i];
        out[i].q_high = q_high[i];
        out[i].q = q[i];
    }
    return out;
}

/// The deviations of those that stand out neither way.
std::vector<Deviation> unremarkable(std::span<const Deviation> deviations, std::span<const Compared> compared) {
    std::vector<Deviation> out;
    for (std::size_t i = 0; i < deviations.size(); ++i)
        if (compared[i].q >= stands_out) out.push_back(deviations[i]);
    return out;
}

}  // namespace

double level_of(const Dispersion& spread) { return std::pow(1 + spread.centre / 2, 2); }

Comparison compare(std::span<const Counted> counted) {
    constexpr int rounds = 4;
    Comparison out;
    std::vector<Deviation> deviations;
    std::vector<Count> counts;
    for (const auto& c : counted) deviations.push_back(deviation_of(c));
    out.spread = dispersion(deviations, drawn_in);
    out.each = judged(counted, deviations, out.spread, deviations.size());
    for (int round = 1; round < rounds; ++round) {
        const auto rest = unremarkable(deviations, out.each);
        if (rest.size() == deviations.size()) break;
        out.spread = dispersion(rest, drawn_in);
        out.each = judged(counted, deviations, out.spread, rest.size());
    }
    for (const auto& c : counted)
        counts.push_back({static_cast<double>(c.observed), c.expected * level_of(out.spread)});
    const Gamma all = ratios_of_all(counts);
    for (std::size_t i = 0; i < counted.size(); ++i) out.each[i].ratio = ratio_of(counts[i], all);
    return out;
}

}  // namespace imloop::loop::statistics
