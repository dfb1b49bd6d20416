#include "loop/statistics/bunching.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace imloop::loop::statistics {
namespace {

/// 1, x, x^2, … with x from -1 to 1 over the bins, which keeps the equations well conditioned.
std::vector<double> powers(std::size_t bin, std::size_t bins, std::size_t degree) {
    const double x = 2 * static_cast<double>(bin) / static_cast<double>(bins - 1) - 1;
    std::vector<double> out{1};
    while (out.size() <= degree) out.push_back(out.back() * x);
    return out;
}

/// Solves a v = b by elimination with row exchange; a is square and regular.
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
    const std::size_t n = b.size();
    for (std::size_t column = 0; column < n; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column; row < n; ++row)
            if (std::abs(a[row][column]) > std::abs(a[pivot][column])) pivot = row;
        std::swap(a[column], a[pivot]);
        std::swap(b[column], b[pivot]);
        for (std::size_t row = 0; row < n; ++row) {
            if (row == column) continue;
            const double factor = a[row][column] / a[column][column];
            for (std::size_t i = column; i < n; ++i) a[row][i] -= factor * a[column][i];
            b[row] -= factor * b[column];
        }
    }
    for (std::size_t i = 0; i < n; ++i) b[i] /= a[i][i];
    return b;
}

}  // namespace

Excess excess_in(std::span<const std::int64_t> bins, std::size_t from, std::size_t to, std::size_t degree) {
    std::vector<std::vector<double>> products(degree + 1, std::vector<double>(degree + 1));
    std::vector<double> wanted(degree + 1);
    const auto is_inside = [&](std::size_t bin) { return from <= bin && bin < to; };
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
        const auto x = powers(bin, bins.size(), degree);
        for (std::size_t i = 0; i <= degree; ++i) {
            if (is_inside(bin)) wanted[i] += x[i];
            for (std::size_t j = 0; j <= degree && !is_inside(bin); ++j) products[i][j] += x[i] * x[j];
        }
    }
    // The prediction is a weighted sum of the counts outside, so its variance is the sum of squared weights by counts.
    const auto solution = solve(products, wanted);
    Excess out;
    double variance = 0;
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
        if (is_inside(bin)) {
            out.observed += bins[bin];
            continue;
        }
        const auto x = powers(bin, bins.size(), degree);
        double weight = 0;
        for (std::size_t i = 0; i <= degree; ++i) weight += x[i] * solution[i];
        out.expected += weight * static_cast<double>(bins[bin]);
        variance += weight * weight * static_cast<double>(bins[bin]);
    }
    out.error = std::sqrt(std::max(out.expected, 1.0) + variance);
    return out;
}

}  // namespace imloop::loop::statistics
