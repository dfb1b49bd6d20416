// Are two traces one measurement? Decided on the rows themselves; the index only says which pairs to look at.
//
// Of each channel the centred mean of 17 rows is taken out and what is left is divided by its own strength round about,
// so that a swing that the method gives to all tests counts no more than the small ones between. The correlation of the
// rest, over the rows that lie over each other, is taken at every lag. Honest tests of one method share a part of it,
// repeats of one vehicle more; one measurement, scaled, moved and noised, shares nearly all of it. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "loop/traces/trace.hpp"

namespace imloop::loop::traces {

/// Lags tried, either way.
inline constexpr int lag_rows_max = 300;
/// Rows that must lie over each other: an ASM test that passes fast has 36.
inline constexpr std::size_t overlap_rows_min = 32;

/// Weights together below which nothing is decided.
inline constexpr double evidence_min = 0.2;

/// `same` holds at or above the agreement and at or below the chance. Measured (tests/bench/traces_bench.cpp): of
/// honest pairs that the index calls near, gases agree up to 0.75 and free accelerations, which hardly differ, up to
/// 0.95 at a chance of 1e-2; forgeries with noise of 1 % agree from 0.92 on at 1e-5 and less.
inline constexpr double agreement_min = 0.80;
inline constexpr double log10_chance_max = -4.5;

/// One channel at the best lag: `second = scale * first + offset` by least squares, in the column's unit.
struct ChannelFit {
    std::string_view name;
    double scale = 0, offset = 0;
    double residual = 0;     ///< root mean square of what the line leaves
    double correlation = 0;  ///< of the values as they are (Pearson)
    double agreement = 0;    ///< correlation of what is left after the method's shape, -1 to 1
    double weight = 0;       ///< 0 to 1: how far the channel stands out of rounding and noise
};

struct Comparison {
    int lag_rows = 0;      ///< row r of the first lies over row r - lag_rows of the second
    std::size_t rows = 0;  ///< that lie over each other
    double agreement = 0;  ///< mean of the channels' agreements by weight
    double evidence = 0;   ///< the weights together
    /// As a power of ten, the probability that two honest tests agree so at one of the lags: Fisher's z of each
    /// channel's agreement over that of its agreement in common (`Channel::common`; Fisher 1921), on as many rows as
    /// are independent (Bartlett 1935), channels taken to go half together, times the lags tried.
    double log10_chance = 0;
    std::vector<ChannelFit> channels;  ///< that both traces have
};

struct Lags {
    int from = -lag_rows_max, to = lag_rows_max;
};

/// The best of the lags. Nothing where too few rows can lie over each other or no channel moves enough to be evidence.
std::optional<Comparison> compare(const Trace& first, const Trace& second, Lags = {});

bool same(const Comparison&);

}  // namespace imloop::loop::traces
