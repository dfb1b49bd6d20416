// Failed vehicles by county, old enough to be judged.
#pragma once

#include <map>
#include <string>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

struct CountyFailures {
    std::int64_t failed = 0;
    std::int64_t repaired = 0;
    std::int64_t missing = 0;  ///< open and past due
    std::int64_t open = 0;     ///< no outcome yet
};

/// Of the policy's counties: vehicles whose first failure lies more than `age_days` and at most `window_days` back.
/// A county without any is left out.
std::map<std::string, CountyFailures> failures_by_county(const Sweep&, const Context&, Day age_days, Day window_days);

}  // namespace imloop::loop::rules
