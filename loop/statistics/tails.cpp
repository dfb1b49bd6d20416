#include "loop/statistics/tails.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

namespace imloop::loop::statistics {
namespace {

constexpr double never = -std::numeric_limits<double>::infinity();

// std::lgamma writes a global.
double log_factorial(double k) { return boost::math::lgamma(k + 1); }

double complement(double log_p) { return log_p >= 0 ? never : std::log1p(-std::exp(log_p)); }

/// ln of first + first r1 + first r1 r2 + …, the ratios falling below 1 as a tail's do.
template <class Ratio>
double log_tail(double log_first, std::int64_t from, Ratio ratio) {
    double sum = 1;
    double term = 1;
    for (std::int64_t k = from;; ++k) {
        term *= ratio(static_cast<double>(k));
        sum += term;
        if (term < sum * 1e-17) return log_first + std::log(sum);
    }
}

double log_binomial(double k, double n, double p) {
    return log_factorial(n) - log_factorial(k) - log_factorial(n - k) + k * std::log(p) + (n - k) * std::log1p(-p);
}

/// k above the mean, at most n.
double binomial_upper(std::int64_t k, std::int64_t n, double p) {
    const double count = static_cast<double>(n);
    const double odds = p / (1 - p);
    return log_tail(log_binomial(static_cast<double>(k), count, p), k,
                    [=](double i) { return (count - i) / (i + 1) * odds; });
}

/// k above the mean.
double poisson_upper(std::int64_t k, double mean) {
    const double count = static_cast<double>(k);
    return log_tail(count * std::log(mean) - mean - log_factorial(count), k, [=](double i) { return mean / (i + 1); });
}

/// k below the mean, not negative.
double poisson_lower(std::int64_t k, double mean) {
    const double count = static_cast<double>(k);
    return log_tail(count * std::log(mean) - mean - log_factorial(count), 0,
                    [=](double i) { return std::max(count - i, 0.0) / mean; });
}

}  // namespace

double log_binomial_at_least(std::int64_t k, std::int64_t n, double p) {
    if (k <= 0) return 0;
    if (k > n || p <= 0) return never;
    if (p >= 1) return 0;
    if (static_cast<double>(k) > static_cast<double>(n) * p) return binomial_upper(k, n, p);
    return complement(binomial_upper(n - k + 1, n, 1 - p));
}

double log_binomial_at_most(std::int64_t k, std::int64_t n, double p) { return log_binomial_at_least(n - k, n, 1 - p); }

double log_poisson_at_least(std::int64_t k, double mean) {
    if (k <= 0) return 0;
    if (mean <= 0) return never;
    if (static_cast<double>(k) > mean) return poisson_upper(k, mean);
    return complement(poisson_lower(k - 1, mean));
}

double log_poisson_at_most(std::int64_t k, double mean) {
    if (k < 0) return never;
    if (mean <= 0) return 0;
    if (static_cast<double>(k) < mean) return poisson_lower(k, mean);
    return complement(poisson_upper(k + 1, mean));
}

double two_sided(double log_at_most, double log_at_least) {
    return std::min(1.0, 2 * std::exp(std::min(log_at_most, log_at_least)));
}

double normal_above(double z) { return std::erfc(z / std::numbers::sqrt2) / 2; }

double normal_above_inverse(double p) { return std::numbers::sqrt2 * boost::math::erfc_inv(2 * p); }

double student_above(double t, double freedom) {
    const double half = boost::math::ibeta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
    return t >= 0 ? half : 1 - half;
}

double chi_square_above(double x, double freedom) { return boost::math::gamma_q(freedom / 2, x / 2); }

}  // namespace imloop::loop::statistics
