// An inspection station and a repair shop whose shared vehicles pass more often than either's own habit explains:
// the pass rate of each pair against both main effects on the logit scale (the log-linear model without the
// three-way term; Bishop, Fienberg and Holland 1975), fitted by iterative proportional scaling (Deming and Stephan
// 1940).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace imloop::loop::statistics {

struct Pair {
    std::size_t row = 0;     ///< of the station
    std::size_t column = 0;  ///< of the shop
    std::int64_t hits = 0;
    std::int64_t of = 0;
};

struct PairResidual {
    double expected = 0;  ///< hits by the main effects alone
    /// (hits - expected) over its standard error, which the pair's own weight in its row and column shortens (Haberman
    /// 1973). 0 where the pair is nearly all of its row or column: there it can't be told from a main effect.
    double z = 0;
};

/// One for each pair, in order. Each (row, column) at most once.
std::vector<PairResidual> beyond_main_effects(std::span<const Pair>);

/// Herfindahl's concentration: the sum of squared shares, 1 / n (even) to 1 (all in one). 0 of nothing.
double concentration(std::span<const std::int64_t> counts);

}  // namespace imloop::loop::statistics
