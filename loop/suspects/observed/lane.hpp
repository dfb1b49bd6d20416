// Whether tests that followed each other in a lane are more alike than others of the same day: the same car stood in.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules::lane {

struct Alike {
    std::vector<std::pair<const Record*, const Record*>> pairs{};  ///< neighbours that are, in the order of time
    int neighbours = 0;                                            ///< pairs of neighbours compared
    double share = 0;   ///< of pairs of the same day, not neighbours, that are as alike
    double chance = 1;  ///< of as many pairs or more, were neighbours like any two of the day
};

/// Records of one lane and method, in order. How alike two tests are is the mean difference of the logarithms of their
/// readings; as alike as the closest `share_of_closest` of pairs that are no neighbours counts as alike. Drift over a
/// day touches both kinds of pairs; vehicles of one model are not compared. Nothing below `pairs_min` such pairs.
std::optional<Alike> too_alike(std::span<const Record>, double share_of_closest, double pairs_min);

}  // namespace imloop::loop::rules::lane
