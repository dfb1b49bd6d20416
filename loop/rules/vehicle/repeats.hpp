// Tests whose readings come again, to the last digit, with another vehicle, and how often that would be by chance. No
// model of the readings is asked for: where they are spread smoothly at the scale of their last digit, one in 3^d of
// the pairs of tests that differ by a step at most in each of d readings differs in none.
#pragma once

#include <span>
#include <vector>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

struct Repeats {
    struct Pair {
        const Record *later, *earlier;
    };
    std::vector<Pair> pairs;  ///< each test that repeats earlier ones, with the first of them
    int tests = 0;            ///< that were looked at
    double expected = 0;      ///< pairs by chance
};

/// Of tests of one method in the order (occurred_at, record_id). Left out are readings that follow from others,
/// near-zero ones, which carry nothing, tests with fewer than three readings, and those of instruments that made too
/// few to show how finely they read.
Repeats repeats_of(std::span<const Record>);

}  // namespace imloop::loop::rules
