// A repair that no failed test went before, reported as if it were one of the loop: where repairs are paid for by a
// scheme, that is what it would be paid for.
#include <algorithm>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {
namespace {

void check(const History& history, const Context&, Flags& flags) {
    for (const Record& r : history.records) {
        if (!r.is_repair() || r.fact.repair->fail_report_no.empty()) continue;
        const bool in_an_episode = std::ranges::any_of(history.episodes, [&](const Episode& e) {
            return std::ranges::find(e.repairs, r.fact.record_id) != e.repairs.end();
        });
        if (in_an_episode) continue;
        flags.push_back({.claim = "no_failure_before",
                         .grade = Grade::weak,
                         .score_permille = 400,
                         .records = {r.fact.record_id},
                         .person = r.repair().technician_id,
                         .values = {text("fail_report_no", r.fact.repair->fail_report_no)}});
    }
}

}  // namespace

Rule m10() { return {.id = "M10", .history = check}; }

}  // namespace imloop::loop::rules
