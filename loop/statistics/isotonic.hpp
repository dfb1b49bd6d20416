// Scores made into probabilities that never fall as the score rises: pool adjacent violators (Ayer et al. 1955),
// for measuring how well a score says what it means.
#pragma once

#include <span>
#include <vector>

namespace imloop::loop::statistics {

/// The non-decreasing sequence nearest to `values` by weighted least squares. `weights` > 0, one for each value.
std::vector<double> isotonic(std::span<const double> values, std::span<const double> weights);

}  // namespace imloop::loop::statistics
