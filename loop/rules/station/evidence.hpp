// What all flags of stations' figures say: observed, expected, ratio with interval, strata, peers, chance.
#pragma once

#include <string>

#include "loop/rules/rule.hpp"
#include "loop/stations/measured.hpp"

namespace imloop::loop::rules {

/// `1/3,100`, `> 1/10`, `< 1/1,000,000,000`: a chance that can be said aloud.
Value chance(std::string_view name, double p);

/// A flag of a station's (or inspector's) figures with its evidence. `p` and `q` are those of the tail in question.
Flag flag_of(const stations::Measured&, const stations::Figures&, std::string_view claim, double p, double q,
             Day as_of);

/// Grade and score by how sure it is and how much is missing: `strong` where even the favourable end of the interval
/// lies beyond `strong_ratio`.
void grade(Flag&, double favourable_ratio, double strong_ratio, double q, bool is_low);

}  // namespace imloop::loop::rules
