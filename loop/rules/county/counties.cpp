#include "loop/rules/county/counties.hpp"

#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {

std::map<std::string, CountyFailures> failures_by_county(const Sweep& s, const Context& ctx, Day age_days,
                                                         Day window_days) {
    std::map<std::string, CountyFailures> out;
    for (const auto& [code, days] : s.statistics.journeys().failures) {
        if (!ctx.policy.inside(code)) continue;
        for (const auto& [day, of] : days) {
            const Day age = s.as_of - day;
            if (age <= age_days || age > window_days) continue;
            CountyFailures& county = out[code];
            county.failed += of.failed;
            county.repaired += of.repaired;
            county.missing += of.missing(s.as_of);
            county.open += of.open;
        }
    }
    return out;
}

}  // namespace imloop::loop::rules
