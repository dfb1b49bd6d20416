// Many stations, many tests: the share of false alarms among the alarms is held, not the chance of a single one.
// Benjamini and Hochberg, "Controlling the false discovery rate" (1995).
#pragma once

#include <span>
#include <vector>

namespace imloop::loop::statistics {

/// The adjusted p (q-value) of each p, in the order given: the smallest false discovery rate at which it is called.
/// Holds for independent and positively dependent tests (Benjamini and Yekutieli 2001).
std::vector<double> false_discovery_q(std::span<const double> p);

}  // namespace imloop::loop::statistics
