#include "loop/statistics/change_point.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "loop/statistics/robust.hpp"

namespace imloop::loop::statistics {
namespace {

/// Variance of a single unit of weight.
double unit_variance(std::span<const Daily> days) {
    double sum = 0;
    for (std::size_t i = 1; i < days.size(); ++i)
        sum += std::pow(days[i].mean - days[i - 1].mean, 2) / (1 / days[i].weight + 1 / days[i - 1].weight);
    return sum / static_cast<double>(days.size() - 1);
}

void split(std::span<const Daily> days, std::size_t offset, double alpha, double edge, std::vector<Change>& out) {
    auto found = change_point(days, edge);
    if (!found || found->p > alpha) return;
    const std::size_t at = found->at;
    split(days.first(at), offset, alpha, edge, out);
    found->at += offset;
    out.push_back(*found);
    split(days.subspan(at), offset + at, alpha, edge, out);
}

}  // namespace

double excursion_p(double z, double edge) {
    const double b = std::abs(z);
    if (b <= 1) return 1;
    const double density = std::exp(-b * b / 2) / std::sqrt(2 * std::numbers::pi);
    return std::min(1.0, (b - 1 / b) * density * 2 * std::log((1 - edge) / edge) + 4 * density / b);
}

double temper(std::span<Change> changes, double edge) {
    if (changes.empty()) return 1;
    std::vector<double> heights;
    for (const auto& c : changes) heights.push_back(std::abs(c.z));
    // The height that half of all level sequences reach.
    double low = 1, high = 5;
    constexpr int halvings = 50;
    for (int i = 0; i < halvings; ++i) {
        const double middle = (low + high) / 2;
        (excursion_p(middle, edge) > 0.5 ? low : high) = middle;
    }
    const double by = std::max(1.0, median(std::move(heights)) / low);
    for (auto& c : changes) {
        c.z /= by;
        c.p = excursion_p(c.z, edge);
    }
    return by;
}

std::optional<Change> change_point(std::span<const Daily> days, double edge) {
    if (days.size() < days_min) return std::nullopt;
    double weight = 0;
    double sum = 0;
    for (const auto& d : days) {
        weight += d.weight;
        sum += d.weight * d.mean;
    }
    const double variance = unit_variance(days);
    if (variance <= 0) return std::nullopt;
    Change best;
    double before_weight = 0;
    double before_sum = 0;
    for (std::size_t i = 0; i + 1 < days.size(); ++i) {
        before_weight += days[i].weight;
        before_sum += days[i].weight * days[i].mean;
        const double share = before_weight / weight;
        if (share < edge || share > 1 - edge) continue;
        const double before = before_sum / before_weight;
        const double after = (sum - before_sum) / (weight - before_weight);
        const double z = (after - before) * std::sqrt(weight * share * (1 - share) / variance);
        if (std::abs(z) > std::abs(best.z)) best = {i + 1, before, after, z, 1};
    }
    if (best.at == 0) return std::nullopt;
    best.p = excursion_p(best.z, edge);
    return best;
}

std::vector<Change> change_points(std::span<const Daily> days, double alpha, double edge) {
    std::vector<Change> out;
    split(days, 0, alpha, edge, out);
    return out;
}

std::optional<Alarm> poisson_cusum(std::span<const Watched> watched, double ratio, double threshold) {
    Alarm now;
    for (std::size_t i = 0; i < watched.size(); ++i) {
        const double step = watched[i].observed * std::log(ratio) - watched[i].expected * (ratio - 1);
        if (now.height <= 0) now.since = i;
        now.height = std::max(0.0, now.height + step);
        now.at = i;
        if (now.height >= threshold) return now;
    }
    return std::nullopt;
}

}  // namespace imloop::loop::statistics
