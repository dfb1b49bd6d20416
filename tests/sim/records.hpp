// One record at a time, as a station would write it: every member the contract asks for, values that fit the verdict.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "loop/time.hpp"
#include "tests/sim/fleet.hpp"

namespace imloop::sim {

using Json = nlohmann::ordered_json;

struct TestWords {
    std::string station, reason, verdict, report_no;
    loop::Moment ended_at = 0;
};

Json inspection(const Vehicle&, const TestWords&, Random&);
Json repair(const Vehicle&, const std::string& station, loop::Moment settled_at, const std::string& work_order_no,
            const std::string& fail_report_no, const std::string& outcome, bool day_only, Random&);
Json vehicle_event(const Vehicle&, const std::string& station, loop::Moment, const std::string& event);
Json correction_void(const Json& record, loop::Moment);
/// 1 Hz process data of a test's method, about a minute and a half.
std::string trace_of(const Json& inspection, Random&);

}  // namespace imloop::sim
