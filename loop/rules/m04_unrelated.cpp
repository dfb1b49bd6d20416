// What was repaired cannot have mended what failed.
#include <algorithm>

#include "loop/rules/rule.hpp"
#include "loop/suspects/repairs.hpp"

namespace imloop::loop::rules {
namespace {

void check(const History& history, const Context&, Flags& flags) {
    for (const Record& r : history.records) {
        if (!r.is_repair() || r.fact.repair->outcome != RepairOutcome::repaired || r.repair().items.empty()) continue;
        const Record* failure = failure_of(r, history);
        if (!failure) continue;
        auto failed = failed_readings(*failure);
        for (const auto& item : failure->test().failed_items)
            if (std::ranges::find(failed, item) == failed.end()) failed.push_back(item);
        const bool none_fits = !failed.empty() && std::ranges::none_of(r.repair().items, [&](const WorkItem& item) {
            return std::ranges::any_of(failed, [&](const auto& f) { return can_mend(item.code, f); });
        });
        if (!none_fits) continue;
        const Record* next = next_formal_test(history, r.fact.occurred_at);
        const bool passed = next && next->fact.inspection->verdict == Verdict::pass;
        Flag flag{.claim = passed ? "cannot_have_mended" : "cannot_mend",
                  .grade = Grade::medium,
                  .score_permille = passed ? 880 : 800,
                  .records = {r.fact.record_id, failure->fact.record_id},
                  .person = r.repair().technician_id,
                  .values = {text("work", r.repair().items.front().name), text("failed", failed.front())},
                  .key = r.fact.record_id};
        if (passed) flag.records.push_back(next->fact.record_id);
        flags.push_back(std::move(flag));
    }
}

}  // namespace

Rule m04() { return {.id = "M04", .history = check}; }

}  // namespace imloop::loop::rules
