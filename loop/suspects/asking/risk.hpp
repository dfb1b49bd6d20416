// One explainable figure out of many flags: how likely it is that something is wrong with a record, a station, an
// inspector or a shop. Each rule says a probability that is right on its own; they are combined as evidence, by the sum
// of their log-likelihood ratios over a prior (Good, "Probability and the Weighing of Evidence", 1950), the strongest
// flag of each rule once, since further ones of a rule repeat its argument.
#pragma once

#include <string>
#include <vector>

#include "loop/projection.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::loop::rules {

/// How often something is wrong where nothing speaks for it.
inline constexpr double prior = 0.02;

struct Risk {
    int score_permille = 0;             ///< 0 where no flag speaks
    std::vector<std::string> flag_ids;  ///< what it comes from, the strongest first
};

/// Of flags about one thing. Dismissed ones say nothing, confirmed ones are sure.
Risk risk_of(const Suspects&, const Flags&);

/// What the latest check of a station within a year adds to its weight of evidence: something found, five to one;
/// nothing found, one to two.
inline constexpr double found_ratio = 5, clean_ratio = 0.5;
inline constexpr Day check_holds_days = 365;

/// By station, and by `station person` for inspectors and technicians.
struct Risks {
    std::map<std::string, Risk> stations, people;
};
Risks risks(const Suspects&);

/// Towards the ten vehicles at which the law takes a station's qualification: distinct vehicles with flags that were
/// not dismissed, each under its strongest grade.
struct Meter {
    int strong = 0, medium = 0, weak = 0;
    int confirmed = 0;  ///< of them, by an officer
    std::vector<std::string> strong_flags;
};
inline constexpr int meter_full = 10;
std::map<std::string, Meter> meters(const Suspects&, const Projection&);

}  // namespace imloop::loop::rules
