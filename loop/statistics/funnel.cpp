#include "loop/statistics/funnel.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "loop/statistics/robust.hpp"
#include "loop/statistics/tails.hpp"

namespace imloop::loop::statistics {
namespace {

/// E min(Z^2, c^2) of a standard normal that leaves `share` beyond c on each side.
double winsorised_normal_variance(double share) {
    if (share <= 0) return 1;
    const double c = normal_above_inverse(share);
    const double density = std::exp(-c * c / 2) / std::sqrt(2 * std::numbers::pi);
    return 1 - 2 * share - 2 * c * density + 2 * share * c * c;
}

double phi_at(std::span<const Deviation> all, const Dispersion& d, double share) {
    std::vector<double> z;
    z.reserve(all.size());
    for (const auto& one : all) z.push_back(z_of(one, d));
    return winsorised_phi(z, share);
}

}  // namespace

double winsorised_phi(std::span<const double> z, double share) {
    if (z.empty()) return 1;
    const std::vector<double> all(z.begin(), z.end());
    const double low = quantile(all, share);
    const double high = quantile(all, 1 - share);
    double sum = 0;
    for (const double v : z) sum += std::pow(std::clamp(v, low, high), 2);
    return sum / static_cast<double>(z.size()) / winsorised_normal_variance(share);
}

Dispersion dispersion(std::span<const Deviation> all, double share) {
    Dispersion out;
    if (all.empty()) return out;
    std::vector<double> values;
    double widest = 0;
    for (const auto& one : all) values.push_back(one.value);
    out.centre = median(values);
    for (const auto& one : all) widest = std::max(widest, std::abs(one.value - out.centre));
    out.phi = phi_at(all, out, share);
    if (out.phi <= 1) return out;
    // phi falls as tau2 grows, and is below 1 where tau is the widest deviation over the smallest consistent scale.
    Dispersion low = out;
    Dispersion high = out;
    high.tau2 = widest * widest / winsorised_normal_variance(share);
    constexpr int halvings = 60;
    for (int i = 0; i < halvings; ++i) {
        out.tau2 = (low.tau2 + high.tau2) / 2;
        (phi_at(all, out, share) > 1 ? low : high).tau2 = out.tau2;
    }
    return out;
}

double z_of(const Deviation& one, const Dispersion& d) {
    return (one.value - d.centre) / std::sqrt(one.error * one.error + d.tau2);
}

Limits funnel_limits(double error, const Dispersion& d, double inside) {
    const double half = normal_above_inverse((1 - inside) / 2) * std::sqrt(error * error + d.tau2);
    return {d.centre - half, d.centre + half};
}

}  // namespace imloop::loop::statistics
