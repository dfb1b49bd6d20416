// A repair that names a failed test although its vehicle had none: where repairs are paid for by a scheme, that is what
// would be written. Vehicles the hub knows nothing else of are left alone: their plate or VIN may be mistyped.
#include <algorithm>

#include "loop/rules/rule.hpp"
#include "loop/suspects/repairs.hpp"

namespace imloop::loop::rules {
namespace {

const Record* latest_test_before(const History& history, Moment at) {
    const Record* latest = nullptr;
    for (const Record& r : history.records)
        if (is_formal(r.fact) && r.fact.occurred_at < at) latest = &r;
    return latest;
}

void check(const History& history, const Context&, Flags& flags) {
    const bool ever_failed = std::ranges::any_of(
        history.records, [](const Record& r) { return r.is_test() && r.fact.inspection->verdict == Verdict::fail; });
    if (ever_failed) return;
    for (const Record& r : history.records) {
        if (!r.is_repair() || r.fact.repair->fail_report_no.empty()) continue;
        const Record* test = latest_test_before(history, r.fact.occurred_at);
        if (!test) continue;
        flags.push_back({.claim = "no_failure_before",
                         .grade = Grade::weak,
                         .score_permille = 800,
                         .records = {r.fact.record_id, test->fact.record_id},
                         .person = r.repair().technician_id,
                         .values = {text("fail_report_no", r.fact.repair->fail_report_no),
                                    moment("passed_at", test->fact.occurred_at)}});
    }
}

}  // namespace

Rule m10() { return {.id = "M10", .history = check}; }

}  // namespace imloop::loop::rules
