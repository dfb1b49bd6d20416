#include "loop/statistics/pairs.hpp"

#include <algorithm>
#include <cmath>

namespace imloop::loop::statistics {
namespace {

constexpr int rounds_max = 1000;
constexpr double close = 1e-10;
constexpr double own_weight_max = 0.95;

struct Fit {
    double hits = 0;
    double misses = 0;
};

struct Margin {
    double hits = 0;
    double misses = 0;
    double fitted_hits = 0;
    double fitted_misses = 0;
};

double scaled(double fitted, double wanted, double sum) { return sum > 0 ? fitted * wanted / sum : 0; }

/// Makes the fit keep the hits and misses of each margin, then the tests of each pair. Returns the largest change.
template <class Index>
double scale(std::span<const Pair> pairs, std::vector<Fit>& fit, std::vector<Margin>& margins, Index index) {
    for (auto& m : margins) m.fitted_hits = m.fitted_misses = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        margins[index(pairs[i])].fitted_hits += fit[i].hits;
        margins[index(pairs[i])].fitted_misses += fit[i].misses;
    }
    double change = 0;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const Margin& m = margins[index(pairs[i])];
        const double of = static_cast<double>(pairs[i].of);
        const double hits = scaled(fit[i].hits, m.hits, m.fitted_hits);
        const double misses = scaled(fit[i].misses, m.misses, m.fitted_misses);
        const double next = scaled(hits, of, hits + misses);
        change = std::max(change, std::abs(next - fit[i].hits));
        fit[i] = {next, of - next};
    }
    return change;
}

template <class Index>
std::vector<Margin> margins_of(std::span<const Pair> pairs, Index index) {
    std::vector<Margin> out;
    for (const auto& pair : pairs) {
        if (index(pair) >= out.size()) out.resize(index(pair) + 1);
        out[index(pair)].hits += static_cast<double>(pair.hits);
        out[index(pair)].misses += static_cast<double>(pair.of - pair.hits);
    }
    return out;
}

double variance_of(const Fit& f) { return f.hits + f.misses > 0 ? f.hits * f.misses / (f.hits + f.misses) : 0; }

}  // namespace

std::vector<PairResidual> beyond_main_effects(std::span<const Pair> pairs) {
    const auto row = [](const Pair& p) { return p.row; };
    const auto column = [](const Pair& p) { return p.column; };
    auto rows = margins_of(pairs, row);
    auto columns = margins_of(pairs, column);
    std::vector<Fit> fit;
    for (const auto& pair : pairs) fit.push_back({static_cast<double>(pair.of) / 2, static_cast<double>(pair.of) / 2});
    for (int round = 0; round < rounds_max; ++round) {
        const double by_row = scale(pairs, fit, rows, row);
        const double by_column = scale(pairs, fit, columns, column);
        if (std::max(by_row, by_column) < close) break;
    }
    std::vector<double> of_row(rows.size());
    std::vector<double> of_column(columns.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        of_row[pairs[i].row] += variance_of(fit[i]);
        of_column[pairs[i].column] += variance_of(fit[i]);
    }
    std::vector<PairResidual> out;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        PairResidual r{fit[i].hits, 0};
        const double variance = variance_of(fit[i]);
        const double in_row = variance > 0 ? variance / of_row[pairs[i].row] : 1;
        const double in_column = variance > 0 ? variance / of_column[pairs[i].column] : 1;
        if (std::max(in_row, in_column) < own_weight_max)
            r.z = (static_cast<double>(pairs[i].hits) - r.expected) /
                  std::sqrt(variance * (1 - in_row) * (1 - in_column));
        out.push_back(r);
    }
    return out;
}

double concentration(std::span<const std::int64_t> counts) {
    double sum = 0;
    double squares = 0;
    for (const auto c : counts) {
        sum += static_cast<double>(c);
        squares += static_cast<double>(c) * static_cast<double>(c);
    }
    return sum > 0 ? squares / (sum * sum) : 0;
}

}  // namespace imloop::loop::statistics
