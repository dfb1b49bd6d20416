// Failed here, passed elsewhere with no repair between: tested again as if nothing had been, or within hours, or after
// failures one upon another. An owner may choose another station for the retest and may have mended the car himself:
// that alone is nothing.
#include <algorithm>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/rounds.hpp"

namespace imloop::loop::rules {
namespace {

int failures_in_a_row(const History& history, const Round& last) {
    int count = 0;
    for (const Record& r : history.records) {
        if (!is_formal(r.fact)) continue;
        if (&r == last.next) break;
        if (r.fact.inspection->verdict == Verdict::pass) count = 0;
        if (r.fact.inspection->verdict == Verdict::fail && r.fact.station_id == last.failed->fact.station_id) ++count;
    }
    return count;
}

/// Failed by a lit lamp with codes behind it, which are gone: that does not vary from test to test.
bool lamp_went_out(const Round& round) {
    const auto &before = round.failed->test().obd, &after = round.next->test().obd;
    const auto& items = round.failed->test().failed_items;
    return std::ranges::find(items, "obd") != items.end() && before && before->mil_on == true &&
           !before->dtcs.empty() && after && after->communicates != false && after->mil_on == false &&
           after->dtcs.empty();
}

void check(const History& history, const Context& ctx, Flags& flags) {
    for (const Round& round : sure_rounds_of(history)) {
        const Record &failed = *round.failed, &next = *round.next;
        if (!round.passed() || !round.repairs.empty() || failed.fact.station_id == next.fact.station_id) continue;
        if (!is_formal(failed.fact) || !is_formal(next.fact) || round.minutes() < 0) continue;
        const auto setting = [&](const char* name) { return ctx.number("V05", name, next); };
        const auto drop = worst_drop(round);
        // By another method a pass says no more than that the limit was kept.
        const double load = drop ? *load_of(*drop->before) : 0;
        const bool by_gas = load >= setting("load_min") && (drop->after ? drop->factor() : load) >= setting("drop_min");
        if (!by_gas && !lamp_went_out(round)) continue;
        const double hours = round.minutes() / 60;
        const int failures = failures_in_a_row(history, round);
        const char* claim = nullptr;
        int score = 850;
        if (hours > setting("days_max") * 24) continue;
        if (failures >= setting("failures_min"))
            claim = "passed_after_failures_elsewhere";
        else if (next.fact.inspection->reason != Reason::retest)
            claim = "tested_as_if_new_elsewhere";
        else if (hours <= setting("hours_max"))
            claim = "passed_elsewhere_within_hours", score = 800;
        if (!claim) continue;
        flags.push_back({.claim = claim,
                         .grade = Grade::medium,
                         .score_permille = score,
                         .records = {next.fact.record_id, failed.fact.record_id},
                         .person = next.test().inspector_id,
                         .other_station_id = failed.fact.station_id,
                         .values = {text("failed_at_station", failed.fact.station_id), number("hours", hours, 1, "h"),
                                    number("failures", failures, 0),
                                    text("item", by_gas ? drop->before->item + "/" + drop->before->phase : "obd"),
                                    by_gas ? number("before", drop->before->value, 2, drop->before->unit)
                                           : text("before", failed.test().obd->dtcs.front())}});
    }
}

}  // namespace

Rule v05() { return {.id = "V05", .history = check}; }

}  // namespace imloop::loop::rules
