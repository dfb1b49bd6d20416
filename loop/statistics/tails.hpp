// Exact tails of counts, as natural logarithms: a station with 4,000 tests and no failure has a probability that no
// double holds, and its logarithm still ranks it. Pure; safe from any thread.
#pragma once

#include <cstdint>

namespace imloop::loop::statistics {

/// ln P(X <= k) and ln P(X >= k) for X ~ Binomial(n, p), 0 <= p <= 1. Minus infinity for the impossible.
double log_binomial_at_most(std::int64_t k, std::int64_t n, double p);
double log_binomial_at_least(std::int64_t k, std::int64_t n, double p);

/// Likewise for X ~ Poisson(mean), mean >= 0.
double log_poisson_at_most(std::int64_t k, double mean);
double log_poisson_at_least(std::int64_t k, double mean);

/// Twice the smaller tail, at most 1.
double two_sided(double log_at_most, double log_at_least);

/// P(Z >= z) of the standard normal; 0 beyond z = 38.
double normal_above(double z);
/// The z with P(Z >= z) = p, 0 < p < 1.
double normal_above_inverse(double p);
/// P(T >= t) of Student's t.
double student_above(double t, double freedom);
/// P(X >= x) of chi-square; `freedom` > 0, x >= 0.
double chi_square_above(double x, double freedom);

}  // namespace imloop::loop::statistics
