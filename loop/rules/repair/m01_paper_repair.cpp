// A repair that stands on paper alone: over in minutes, without parts, and the vehicle passes next.
#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/repairs.hpp"

namespace imloop::loop::rules {
namespace {

void check(const History& history, const Context& ctx, Flags& flags) {
    for (const Record& r : history.records) {
        if (!is_timed_repair(r) || !r.repair().parts.empty()) continue;
        const double minutes = stay_minutes(r);
        if (minutes >= ctx.number("M01", "stay_minutes_min", r)) continue;
        const Record* failure = failure_of(r, history);
        if (!failure) continue;
        const Record* next = next_formal_test(history, r.fact.occurred_at);
        const bool passed = next && next->fact.inspection->verdict == Verdict::pass;
        Flag flag{.claim = passed ? "minutes_then_pass" : "minutes_without_parts",
                  .grade = Grade::medium,
                  .score_permille = passed ? 930 : 850,
                  .records = {r.fact.record_id, failure->fact.record_id},
                  .person = r.repair().technician_id,
                  .values = {number("minutes", minutes, 0, "min"),
                             number("minutes_min", ctx.number("M01", "stay_minutes_min", r), 0, "min"),
                             number("labour_hours", labour_hours(r).value_or(0), 1, "h")},
                  .key = r.fact.record_id};
        if (passed) flag.records.push_back(next->fact.record_id);
        flags.push_back(std::move(flag));
    }
}

}  // namespace

Rule m01() { return {.id = "M01", .history = check}; }

}  // namespace imloop::loop::rules
