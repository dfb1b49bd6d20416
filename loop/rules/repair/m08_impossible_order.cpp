// A repair that cannot have come between the tests it is said to lie between: settled before the failure it names,
// taken in after the pass it should explain, or with a mileage the vehicle did not have then.
#include <algorithm>
#include <cmath>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/repairs.hpp"
#include "loop/suspects/observed/sameness.hpp"

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

/// The last of the vehicle's computer up to the failure, and the first after the repair; nothing where none has it.
struct Readings {
    const Record* before = nullptr;
    const Record* after = nullptr;
};

double mileage_of(const Record& test) { return test.test().obd->mileage_km.value_or(0); }

Readings readings_around(const Record& r, const Record& failure, const History& history) {
    Readings out;
    for (const Record& other : history.records) {
        if (!other.is_test() || !other.test().obd || mileage_of(other) <= 0 || !surely_one_vehicle(r, other)) continue;
        if (other.fact.occurred_at <= failure.fact.occurred_at) out.before = &other;
        if (!out.after && other.fact.occurred_at > r.fact.occurred_at) out.after = &other;
    }
    return out;
}

/// Tens of thousands of kilometres (万公里), hundreds, miles: another unit is no other mileage.
bool is_other_unit(double here, double low, double high) {
    constexpr double units[] = {1e-4, 1e-3, 1e-2, 0.1, 10, 0.621371, 1.609344};
    return std::ranges::any_of(units,
                               [&](double u) { return here >= low * u * 0.99 - 1 && here <= high * u * 1.01 + 1; });
}

void by_mileage(const Record& r, const Record& failure, const History& history, const Context& ctx, Flags& flags) {
    const auto here = r.repair().mileage_km;
    const auto [before, after] = readings_around(r, failure, history);
    if (!before || !here || *here <= 0) return;
    const double read = mileage_of(*before);
    if (after && mileage_of(*after) < read) return;  // the vehicle's own readings contradict each other: V08
    const double allowed = ctx.number("M08", "mileage_allowed_km", r), low = read - allowed;
    const double high = after ? mileage_of(*after) + allowed : *here;
    if (*here >= low && *here <= high) return;
    const double most = after ? high : read + allowed;
    if (slip_of_one_between(*here, low, most) || is_other_unit(*here, low, most)) return;
    Flag flag{.claim = after ? "mileage_outside" : "mileage_below",
              .grade = Grade::medium,
              .score_permille = 850,
              .records = {r.fact.record_id, failure.fact.record_id},
              .person = r.repair().technician_id,
              .values = {number("mileage", *here, 0, "km"), number("mileage_failed", read, 0, "km")},
              .key = r.fact.record_id + " mileage"};
    if (after) {
        flag.records.push_back(after->fact.record_id);
        flag.values.push_back(number("mileage_passed", mileage_of(*after), 0, "km"));
    }
    flags.push_back(std::move(flag));
}

void check(const History& history, const Context& ctx, Flags& flags) {
    for (const Record& r : history.records) {
        if (!r.is_repair() || r.fact.repair->outcome != RepairOutcome::repaired) continue;
        const Record* failure = failure_of(r, history);
        if (!failure) continue;
        const Record* next = next_formal_test(history, failure->fact.occurred_at);
        const Record* pass = next && next->fact.inspection->verdict == Verdict::pass ? next : nullptr;
        by_time(r, *failure, pass, ctx, flags);
        by_mileage(r, *failure, history, ctx, flags);
    }
}

}  // namespace

Rule m08() { return {.id = "M08", .history = check}; }

}  // namespace imloop::loop::rules
