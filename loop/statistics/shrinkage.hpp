// Observed over expected of small stations, shrunk towards what stations are like: O ~ Poisson(E r), r ~ Gamma.
// Clayton and Kaldor, "Empirical Bayes estimates of age-standardized relative risks" (1987), section 3.2: moments,
// iterated. The lower bounds are those that DuMouchel (1999) calls EB05.
#pragma once

#include <span>

namespace imloop::loop::statistics {

struct Count {
    double observed = 0;
    double expected = 0;  ///< > 0
};

/// A Gamma distribution by shape and rate: mean shape / rate.
struct Gamma {
    double shape = 0;
    double rate = 0;
    double mean() const { return shape / rate; }
    /// The value that holds `share` (0..1, open) of the distribution below it.
    double quantile(double share) const;
};

/// How the ratios of all stations are spread. Where they differ no more than chance lets them, the shape is `alike`.
/// At least two counts; those without expectation are left out.
Gamma ratios_of_all(std::span<const Count>);
inline constexpr double alike = 1e6;

/// What is known of one station's ratio after its count.
Gamma ratio_of(const Count&, const Gamma& all);

}  // namespace imloop::loop::statistics
