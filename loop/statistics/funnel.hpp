// Funnel limits that know that honest stations differ by more than chance.
// Spiegelhalter, "Handling over-dispersion of performance indicators" (2005): z scores winsorised before the spread is
// measured, so that a few cheats do not widen the limits that are to catch them; random effects of variance tau2
// added to each station's own variance, so that a large station is not an outlier for being large.
// Two departures from the paper, both towards fewer false alarms: the winsorised variance is divided by that of a
// winsorised normal (0.679 at 10 %, which the paper leaves in), and tau2 is the one at which the winsorised variance
// is 1 (Paule and Mandel 1982) in place of the single step of DerSimonian and Laird, which large stations dominate.
#pragma once

#include <span>

namespace imloop::loop::statistics {

/// A station's indicator on a scale where it is about normal, less the target, and its own standard error (> 0).
struct Deviation {
    double value = 0;
    double error = 0;
};

struct Dispersion {
    double centre = 0;  ///< median of the deviations
    double phi = 1;     ///< winsorised variance of z before random effects
    double tau2 = 0;    ///< variance of the random effects
};

inline constexpr double winsorised_share = 0.1;

/// Variance of z about 0, each side's outer `share` drawn in to its quantile; 1 for a standard normal.
double winsorised_phi(std::span<const double> z, double share = winsorised_share);
Dispersion dispersion(std::span<const Deviation>, double share = winsorised_share);
/// (value - centre) / sqrt(error^2 + tau2).
double z_of(const Deviation&, const Dispersion&);

struct Limits {
    double low = 0;
    double high = 0;
};
/// Where a deviation of this error may lie with probability `inside`: 0.95 warns, 0.998 alarms.
Limits funnel_limits(double error, const Dispersion&, double inside);
inline constexpr double warning_limits = 0.95;
inline constexpr double alarm_limits = 0.998;

}  // namespace imloop::loop::statistics
