// A repair that cannot have come between the tests it is said to lie between: settled before the failure it names,
// taken in after the pass it should explain, or with a mileage the vehicle did not have then.
#include <algorithm>
#include <cmath>

#include "loop/rules/rule.hpp"
#include "loop/suspects/repairs.hpp"
#include "loop/suspects/sameness.hpp"

namespace imloop::loop::rules {
namespace {

bool names(const Record& repair, const Record& test) {
    const auto& named = repair.fact.repair->fail_report_no;
    return !named.empty() && (test.fact.inspection->report_no == named || test.fact.inspection->acceptance_no == named);
}

void by_time(const Record& r, const Record& failure, const Record* pass, const Context& ctx, Flags& flags) {
    if (r.fact.day_only || !names(r, failure)) return;
    const auto allowed = static_cast<Moment>(ctx.number("M08", "clock_minutes", r) * 60'000);
    const auto flag = [&](const char* claim, const Record& other, Moment by) {
        flags.push_back(
            {.claim = claim,
             .grade = Grade::strong,
             .score_permille = 950,
             .records = {r.fact.record_id, other.fact.record_id},
             .person = r.repair().technician_id,
             .values = {moment("settled_at", r.repair().settled_at), moment("test_at", other.fact.occurred_at),
                        number("hours", static_cast<double>(by) / 3'600'000, 1, "h")},
             .key = r.fact.record_id});
    };
    if (r.repair().settled_at + allowed < failure.test().started_at)
        flag("before_failure", failure, failure.test().started_at - r.repair().settled_at);
    else if (pass && r.repair().received_at > pass->fact.occurred_at + allowed)
        flag("after_pass", *pass, r.repair().received_at - pass->fact.occurred_at);
}

void by_mileage(const Record& r, const Record& failure, const Record* pass, const Context& ctx, Flags& flags) {
    const auto of = [](const Record* test) {
        return test && test->test().obd ? test->test().obd->mileage_km : std::optional<double>();
    };
    const auto low = of(&failure), high = of(pass), here = r.repair().mileage_km;
    if (!low || !high || !here || *here <= 0 || *high < *low) return;
    const double allowed = ctx.number("M08", "mileage_allowed_km", r);
    if (*here >= *low - allowed && *here <= *high + allowed) return;
    if (slip_of_one_between(*here, *low - allowed, *high + allowed)) return;
    flags.push_back({.claim = "mileage_outside",
                     .grade = Grade::weak,
                     .score_permille = 800,
                     .records = {r.fact.record_id, failure.fact.record_id, pass->fact.record_id},
                     .person = r.repair().technician_id,
                     .values = {number("mileage", *here, 0, "km"), number("mileage_failed", *low, 0, "km"),
                                number("mileage_passed", *high, 0, "km")},
                     .key = r.fact.record_id + " mileage"});
}

void check(const History& history, const Context& ctx, Flags& flags) {
    for (const Record& r : history.records) {
        if (!r.is_repair() || r.fact.repair->outcome != RepairOutcome::repaired) continue;
        const Record* failure = failure_of(r, history);
        if (!failure) continue;
        const Record* next = next_formal_test(history, failure->fact.occurred_at);
        const Record* pass = next && next->fact.inspection->verdict == Verdict::pass ? next : nullptr;
        by_time(r, *failure, pass, ctx, flags);
        by_mileage(r, *failure, pass, ctx, flags);
    }
}

}  // namespace

Rule m08() { return {.id = "M08", .history = check}; }

}  // namespace imloop::loop::rules
