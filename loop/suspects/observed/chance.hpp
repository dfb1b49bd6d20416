// How likely something is by chance alone.
#pragma once

#include <span>
#include <string>

#include "loop/record/detail.hpp"

namespace imloop::loop::rules {

/// Of `count` or more among `of`, each with probability `each`: the upper tail of the binomial distribution.
double chance_of_at_least(int count, int of, double each);
/// `1e-9`; what is less than any sensible doubt is `< 1e-15`.
std::string chance_words(double);
/// How many bits tell a test's readings from another vehicle's: the logarithm of how many steps of its last digit a
/// reading usually ranges over. Zeros, single steps and wholly missing ones carry none.
double information_bits(std::span<const Reading>);

}  // namespace imloop::loop::rules
