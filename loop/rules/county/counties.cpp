#include "loop/rules/county/counties.hpp"

#include "loop/suspects/statistics.hpp"

namespace imloop::loop::rules {

std::map<std::string, CountyFailures> failures_by_county(const Sweep& s, const Context& ctx, Day age_days,
                                                         Day window_days) {
    std::map<std::string, CountyFailures> out;
    for (const auto& [vehicle, journey] : s.statistics.journeys())
        for (const auto& f : journey.failures) {
            const Day age = s.as_of - f.day;
            if (age <= age_days || age > window_days || !ctx.policy.inside(f.county)) continue;
            CountyFailures& county = out[f.county];
            ++county.failed;
            county.repaired += f.repaired;
            county.missing += f.is_missing(s.as_of);
            county.open += !f.ended && !f.waived;
        }
    return out;
}

}  // namespace imloop::loop::rules
