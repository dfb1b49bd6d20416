// Failed vehicles by county, old enough to be judged.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "loop/policy.hpp"
#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

struct CountyFailures {
    std::int64_t failed = 0;
    std::int64_t repaired = 0;
    std::int64_t missing = 0;  ///< open and past due
    std::int64_t open = 0;     ///< no outcome yet
};

/// Of a failure in a county; `then`: the policy in force on its day.
using AgeDays = std::function<Day(const Policy& then, const std::string& county)>;
/// Of the policy's counties: vehicles whose first failure lies more than `age_days` and at most `window_days` back. A
/// county without any is left out.
std::map<std::string, CountyFailures> failures_by_county(const Sweep&, const AgeDays& age_days, Day window_days);

}  // namespace imloop::loop::rules
