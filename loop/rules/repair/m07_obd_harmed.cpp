// A repair that left the vehicle's own diagnosis blind: no communication where there was, a dead lamp, or codes wiped
// out in place of a repair.
#include <algorithm>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/repairs.hpp"

namespace imloop::loop::rules {
namespace {

int not_ready(const ObdDetail& obd) {
    return static_cast<int>(std::ranges::count_if(obd.readiness, [](const Monitor& m) {
        return m.state == "false" || m.state == "not_ready" || m.state == "incomplete";
    }));
}

const ObdDetail* obd_before(const History& history, Moment at) {
    const ObdDetail* latest = nullptr;
    for (const Record& r : history.records)
        if (r.is_test() && r.test().obd && r.fact.occurred_at <= at) latest = &*r.test().obd;
    return latest;
}

void check(const History& history, const Context& ctx, Flags& flags) {
    for (const Record& r : history.records) {
        if (!r.is_repair() || !r.repair().obd_after || r.fact.repair->outcome != RepairOutcome::repaired) continue;
        const ObdDetail& after = *r.repair().obd_after;
        const ObdDetail* before = obd_before(history, r.fact.occurred_at);
        const auto flag = [&](const char* claim, int score, std::vector<Value> values) {
            flags.push_back({.claim = claim,
                             .grade = Grade::medium,
                             .score_permille = score,
                             .records = {r.fact.record_id},
                             .person = r.repair().technician_id,
                             .values = std::move(values),
                             .key = r.fact.record_id});
        };
        if (after.communicates == false && before && before->communicates == true) {
            flag("communication_lost", 930, {});
            continue;
        }
        if (after.mil_on == false && !after.permanent_dtcs.empty()) {
            flag("lamp_dead", 900, {text("code", after.permanent_dtcs.front())});
            continue;
        }
        const auto& codes = r.repair().dtcs_before;
        const bool had_codes = !codes.empty() || (before && (!before->dtcs.empty() || before->mil_on == true));
        const int unready = not_ready(after), unready_before = before ? not_ready(*before) : 0;
        if (had_codes && after.dtcs.empty() && after.mil_on != true && unready > unready_before &&
            unready >= static_cast<int>(ctx.number("M07", "monitors_not_ready_min", r)) && r.repair().parts.empty())
            flag("codes_wiped", 850,
                 {number("not_ready", unready, 0), text("code", codes.empty() ? "MIL" : codes.front())});
    }
}

}  // namespace

Rule m07() { return {.id = "M07", .history = check}; }

}  // namespace imloop::loop::rules
