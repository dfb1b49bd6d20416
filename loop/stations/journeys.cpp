#include "loop/stations/journeys.hpp"

#include <algorithm>

#include "loop/stations/seen.hpp"

namespace imloop::loop::stations {
namespace {

using rules::History;
using rules::Record;

bool is_check(const Record& r) {
    return r.is_test() && r.fact.inspection->verdict != Verdict::aborted &&
           (r.fact.inspection->reason == Reason::roadside || r.fact.inspection->reason == Reason::spot_check);
}

const Record* find(const History& history, const std::string& record_id) {
    for (const Record& r : history.records)
        if (r.fact.record_id == record_id) return &r;
    return nullptr;
}

void see_retest(const History& history, const Episode& e, Journey& out) {
    const Record* retest = e.retests.empty() ? nullptr : find(history, e.retests.front());
    if (!retest || !is_formal(retest->fact)) return;
    RetestSeen seen{retest->fact.station_id, "", day_of(retest->fact.occurred_at), stratum_of(*retest),
                    retest->fact.inspection->verdict == Verdict::pass};
    const Record* latest = nullptr;
    for (const auto& id : e.counting_repairs)
        if (const Record* repair = find(history, id); repair && repair->fact.occurred_at <= retest->fact.occurred_at)
            if (!latest || repair->fact.occurred_at >= latest->fact.occurred_at) latest = repair;
    if (latest) seen.shop_id = latest->fact.station_id;
    seen.stratum.codes.back() = seen.shop_id.empty() ? 1 : 2;
    out.retests.push_back(std::move(seen));
}

/// The shop whose repair made the episode that this pass closed end.
std::string shop_before(const History& history, const Record& pass) {
    for (const Episode& e : history.episodes)
        if (e.ended_by == pass.fact.record_id && !e.counting_repairs.empty())
            if (const Record* repair = find(history, e.counting_repairs.back())) return repair->fact.station_id;
    return {};
}

void see_later(const History& history, Journey& out) {
    const Record* pass = nullptr;
    for (const Record& r : history.records) {
        const bool formal = is_formal(r.fact);
        const bool check = is_check(r);
        if (pass && (formal || check)) {
            const Day between = day_of(r.fact.occurred_at) - day_of(pass->fact.occurred_at);
            const bool is_next = check || (r.fact.inspection->reason != Reason::retest && between >= cycle_days_min);
            if (is_next && between <= cycle_days_max)
                out.later.push_back({pass->fact.station_id, shop_before(history, *pass), day_of(r.fact.occurred_at),
                                     stratum_of(*pass), r.fact.inspection->verdict == Verdict::fail});
            if (is_next) pass = nullptr;
        }
        if (formal) pass = r.fact.inspection->verdict == Verdict::pass ? &r : nullptr;
    }
}

void see_aborts(const History& history, Journey& out) {
    const Record* broken_off = nullptr;
    for (const Record& r : history.records) {
        if (!r.is_test()) continue;
        const bool here = broken_off && r.fact.station_id == broken_off->fact.station_id &&
                          day_of(r.fact.occurred_at) == day_of(broken_off->fact.occurred_at);
        if (here && is_formal(r.fact) && r.fact.inspection->verdict == Verdict::pass)
            out.aborts.push_back({r.fact.station_id, day_of(broken_off->fact.occurred_at), stratum_of(*broken_off)});
        broken_off = seen(r) && r.fact.inspection->verdict == Verdict::aborted ? &r : nullptr;
    }
}

}  // namespace

Journey journey_of(const History& history) {
    Journey out;
    for (const Episode& e : history.episodes) {
        see_retest(history, e, out);
        out.failures.push_back({e.station_id, e.county, day_of(e.first_failure), e.first_counting_day.has_value(),
                                e.ended_at.has_value(), e.outcome == EpisodeOutcome::waived, e.due});
    }
    see_later(history, out);
    see_aborts(history, out);
    return out;
}

void drop_common_beginnings(Journey& a, Journey& b) {
    const auto drop = [](auto& one, auto& other) {
        const auto ends = std::ranges::mismatch(one, other);
        one.erase(one.begin(), ends.in1);
        other.erase(other.begin(), ends.in2);
    };
    drop(a.retests, b.retests);
    drop(a.later, b.later);
    drop(a.failures, b.failures);
    drop(a.aborts, b.aborts);
}

}  // namespace imloop::loop::stations
