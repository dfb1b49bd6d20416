// Middle and spread that a few wild values do not move (Hampel 1974; Iglewicz and Hoaglin 1993).
#pragma once

#include <vector>

namespace imloop::loop::statistics {

/// The value below which `share` of the values lie, between neighbours in proportion (Hyndman and Fan 1996, type 7).
/// Not of nothing.
double quantile(std::vector<double> values, double share);
double median(std::vector<double> values);

struct Middle {
    double median = 0;
    double spread = 0;  ///< 1.4826 times the median absolute deviation: the standard deviation of a normal
};
Middle middle_of(const std::vector<double>& values);
/// Spreads from the middle; 0 where there is no spread and no distance, infinite where there is no spread alone.
double robust_z(double value, const Middle&);

}  // namespace imloop::loop::statistics
