#include "loop/rules/county/counties.hpp"

#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {

std::map<std::string, CountyFailures> failures_by_county(const Sweep& s, const Context& ctx, Day age_days,
                                                         Day window_days) {
    std::map<std::string, CountyFailures> out;
    s.statistics.journeys().failures.each(s.as_of - window_days, s.as_of - age_days - 1,
                                          [&](const stations::CountyDay& at, const stations::FailuresOf& of) {
                                              if (!ctx.policy.inside(at.county)) return;
                                              CountyFailures& county = out[at.county];
                                              county.failed += of.failed;
                                              county.repaired += of.repaired;
                                              county.missing += of.missing(s.as_of);
                                              county.open += of.open;
                                          });
    return out;
}

}  // namespace imloop::loop::rules
