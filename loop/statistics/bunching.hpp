// More readings just under the limit than a smooth curve has: Chetty, Friedman, Olsen and Pistaferri, "Adjustment
// costs, firm responses, and micro vs. macro labor supply elasticities" (2011), section IV.
#pragma once

#include <cstdint>
#include <span>

namespace imloop::loop::statistics {

struct Excess {
    std::int64_t observed = 0;
    double expected = 0;  ///< of the polynomial through the bins outside the window
    double error = 0;     ///< standard error of observed - expected, counts being Poisson
    double z() const { return (static_cast<double>(observed) - expected) / error; }
};

/// The bins [from, to) against a least-squares polynomial of `degree` through the others.
/// More bins outside the window than `degree` + 1; the result is about the counts given, so leave out those far away.
Excess excess_in(std::span<const std::int64_t> bins, std::size_t from, std::size_t to, std::size_t degree = 3);

}  // namespace imloop::loop::statistics
