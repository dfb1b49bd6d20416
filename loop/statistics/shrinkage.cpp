#include "loop/statistics/shrinkage.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace imloop::loop::statistics {

double Gamma::quantile(double share) const { return boost::math::gamma_p_inv(shape, share) / rate; }

Gamma ratios_of_all(std::span<const Count> counts) {
    constexpr int rounds_max = 2000;
    constexpr double close = 1e-10;
    double observed = 0;
    double expected = 0;
    double used = 0;
    for (const auto& c : counts)
        if (c.expected > 0) {
            observed += c.observed;
            expected += c.expected;
            ++used;
        }
    if (used < 2 || observed <= 0) return {alike, alike};
    Gamma all{observed / expected, 1};
    for (int round = 0; round < rounds_max; ++round) {
        double mean = 0;
        for (const auto& c : counts)
            if (c.expected > 0) mean += ratio_of(c, all).mean() / used;
        double variance = 0;
        for (const auto& c : counts)
            if (c.expected > 0)
                variance += (1 + all.rate / c.expected) * std::pow(ratio_of(c, all).mean() - mean, 2) / (used - 1);
        if (variance * alike <= mean * mean) return {alike, alike / mean};
        const Gamma next{mean * mean / variance, mean / variance};
        const bool settled = std::abs(next.shape - all.shape) <= close * next.shape;
        all = next;
        if (settled) break;
    }
    return all;
}

Gamma ratio_of(const Count& c, const Gamma& all) { return {all.shape + c.observed, all.rate + c.expected}; }

}  // namespace imloop::loop::statistics
