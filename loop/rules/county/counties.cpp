#include "loop/rules/county/counties.hpp"

#include "loop/projection.hpp"
#include "loop/suspects/observed/statistics.hpp"

namespace imloop::loop::rules {

std::map<std::string, CountyFailures> failures_by_county(const Sweep& s, const AgeDays& age_days, Day window_days) {
    const Policy& policy = s.policy();
    const auto is_old = [&](const stations::CountyDay& at) {
        return at.day < s.as_of - age_days(s.projection.policy(at.day), at.county);
    };
    std::map<std::string, CountyFailures> out;
    s.statistics.journeys().failures.each(s.as_of - window_days, s.as_of - 1,
                                          [&](const stations::CountyDay& at, const stations::FailuresOf& of) {
                                              if (!policy.inside(at.county) || !is_old(at)) return;
                                              CountyFailures& county = out[at.county];
                                              county.failed += of.failed;
                                              county.repaired += of.repaired;
                                              county.missing += of.missing(s.as_of);
                                              county.open += of.open;
                                          });
    return out;
}

}  // namespace imloop::loop::rules
