#include "loop/statistics/robust.hpp"

#include <algorithm>
#include <cmath>

namespace imloop::loop::statistics {

double quantile(std::vector<double> values, double share) {
    const double at = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::ptrdiff_t>(at);
    std::nth_element(values.begin(), values.begin() + below, values.end());
    const double low = values[static_cast<std::size_t>(below)];
    if (static_cast<double>(below) == at) return low;
    const double high = *std::min_element(values.begin() + below + 1, values.end());
    return low + (at - static_cast<double>(below)) * (high - low);
}

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

Middle middle_of(const std::vector<double>& values) {
    constexpr double normal_spread = 1.482602218505602;
    Middle out{median(values), 0};
    std::vector<double> distances;
    distances.reserve(values.size());
    for (const double v : values) distances.push_back(std::abs(v - out.median));
    out.spread = normal_spread * median(std::move(distances));
    return out;
}

double robust_z(double value, const Middle& middle) {
    return value == middle.median ? 0 : (value - middle.median) / middle.spread;
}

}  // namespace imloop::loop::statistics
