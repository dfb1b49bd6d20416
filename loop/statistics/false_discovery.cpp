#include "loop/statistics/false_discovery.hpp"

#include <algorithm>
#include <numeric>

namespace imloop::loop::statistics {

std::vector<double> false_discovery_q(std::span<const double> p) {
    std::vector<std::size_t> falling(p.size());
    std::iota(falling.begin(), falling.end(), std::size_t{0});
    std::stable_sort(falling.begin(), falling.end(), [&](std::size_t a, std::size_t b) { return p[a] > p[b]; });
    std::vector<double> q(p.size());
    double least = 1;
    std::size_t rank = p.size();
    for (const std::size_t i : falling) {
        least = std::min(least, p[i] * static_cast<double>(p.size()) / static_cast<double>(rank--));
        q[i] = least;
    }
    return q;
}

}  // namespace imloop::loop::statistics
