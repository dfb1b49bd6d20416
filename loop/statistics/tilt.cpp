#include "loop/statistics/tilt.hpp"

#include <cmath>
#include <numeric>

namespace imloop::loop::statistics {
namespace {

std::int64_t sum(std::span<const std::int64_t> bins) {
    return std::accumulate(bins.begin(), bins.end(), std::int64_t{0});
}

/// a and b, and the inverse of their information.
struct Fit {
    double a = 0, b = 0;
    double aa = 0, ab = 0, bb = 0;
};

}  // namespace

Tilted above_limit(std::span<const std::int64_t> own, std::span<const std::int64_t> peers, double width,
                   std::size_t from, std::size_t limit, std::int64_t own_min) {
    constexpr int rounds_max = 50;
    constexpr double close = 1e-12;
    constexpr double steepest = 20;
    Tilted out;
    const auto below = [&](std::span<const std::int64_t> bins) { return bins.subspan(from, limit - from); };
    const std::int64_t own_below = sum(below(own));
    const std::int64_t peers_above = sum(peers.subspan(limit));
    if (own_below < own_min || sum(below(peers)) < own_min || peers_above < own_min) return out;
    const auto x = [&](std::size_t bin) { return std::log((static_cast<double>(bin) + 0.5) * width); };
    Fit fit;
    fit.a = std::log(static_cast<double>(own_below) / static_cast<double>(sum(below(peers))));
    for (int round = 0; round < rounds_max; ++round) {
        double score_a = 0, score_b = 0, i_aa = 0, i_ab = 0, i_bb = 0;
        for (std::size_t bin = from; bin < limit; ++bin) {
            const double mean = static_cast<double>(peers[bin]) * std::exp(fit.a + fit.b * x(bin));
            score_a += static_cast<double>(own[bin]) - mean;
            score_b += (static_cast<double>(own[bin]) - mean) * x(bin);
            i_aa += mean;
            i_ab += mean * x(bin);
            i_bb += mean * x(bin) * x(bin);
        }
        const double determinant = i_aa * i_bb - i_ab * i_ab;
        if (determinant <= close * i_aa * i_bb) return out;
        fit.aa = i_bb / determinant;
        fit.ab = -i_ab / determinant;
        fit.bb = i_aa / determinant;
        const double step_a = fit.aa * score_a + fit.ab * score_b;
        const double step_b = fit.ab * score_a + fit.bb * score_b;
        fit.a += step_a;
        fit.b += step_b;
        if (std::abs(fit.b) > steepest) return out;
        if (std::abs(step_a) + std::abs(step_b) < close) break;
    }
    double weighted_x = 0;
    for (std::size_t bin = limit; bin < own.size(); ++bin) {
        const double mean = static_cast<double>(peers[bin]) * std::exp(fit.a + fit.b * x(bin));
        out.observed += own[bin];
        out.expected += mean;
        weighted_x += mean * x(bin);
    }
    const double middle = weighted_x / out.expected;
    const double of_fit = fit.aa + 2 * middle * fit.ab + middle * middle * fit.bb;
    out.variance = out.expected + out.expected * out.expected * (of_fit + 1 / static_cast<double>(peers_above));
    return out;
}

}  // namespace imloop::loop::statistics
