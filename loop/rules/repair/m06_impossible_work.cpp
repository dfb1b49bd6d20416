// More work than the time holds. Labour hours are a trade's standard hours: a quick hand needs fewer by the clock, so
// only what no hand can do is flagged.
#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/repairs.hpp"

namespace imloop::loop::rules {
namespace {

void longer_than_stay(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_timed_repair(r)) return;
    const auto hours = labour_hours(r);
    const double stay = stay_minutes(r) / 60;
    if (!hours || *hours < ctx.number("M06", "labour_hours_min", r) ||
        *hours <= stay * ctx.number("M06", "hours_ratio_max", r) + ctx.number("M06", "hours_allowed", r))
        return;
    flags.push_back({.claim = "longer_than_stay",
                     .grade = Grade::medium,
                     .score_permille = 920,
                     .records = {r.fact.record_id},
                     .person = r.repair().technician_id,
                     .values = {number("labour_hours", *hours, 1, "h"), number("stay_hours", stay, 1, "h")}});
}

/// A lorry above 12 t, a large bus, a tractor of one (GA/T 16.4: H1, K1, Q1). A mass that a car has is a class
/// mistyped.
bool is_heavy(const Record& r) {
    constexpr double least_kg = 6000;
    if (!r.detail.vehicle) return false;
    const auto& v = *r.detail.vehicle;
    const bool by_class =
        v.vehicle_class.starts_with("H1") || v.vehicle_class.starts_with("K1") || v.vehicle_class.starts_with("Q1");
    return by_class && v.mass_kg.value_or(least_kg) >= least_kg;
}

void no_bay_fits(const Record& r, const Context& ctx, Flags& flags) {
    if (!r.is_repair() || r.fact.repair->outcome != RepairOutcome::repaired || !is_heavy(r)) return;
    const auto shop = ctx.stations.at(r.fact.station_id, r.fact.occurred_at);
    if (!shop || shop->heavy_bays.value_or(1) > 0) return;
    flags.push_back({.claim = "no_bay_fits",
                     .grade = Grade::medium,
                     .score_permille = 850,
                     .records = {r.fact.record_id},
                     .person = r.repair().technician_id,
                     .values = {text("vehicle_class", r.detail.vehicle->vehicle_class)}});
}

void check(const Record& r, const Context& ctx, Flags& flags) {
    longer_than_stay(r, ctx, flags);
    no_bay_fits(r, ctx, flags);
}

std::string day_words(const Record& r) { return format_day(day_of(r.repair().settled_at)); }

bool came_and_went(const Record& r) {
    return is_timed_repair(r) && day_of(r.repair().received_at) == day_of(r.repair().settled_at);
}

void by_shop(const Record& r, std::vector<std::string>& out) {
    if (came_and_went(r)) out.push_back(r.fact.station_id + " " + day_words(r));
}

void by_technician(const Record& r, std::vector<std::string>& out) {
    if (came_and_went(r) && !r.repair().technician_id.empty())
        out.push_back(r.fact.station_id + " " + r.repair().technician_id + " " + day_words(r));
}

struct Job {
    Moment from, to;
    double labour;
    std::string vehicle;
};

/// Work between two moments, and the bays it would have needed.
struct Demand {
    Moment from = 0, to = 0;
    double labour = 0, needed = 0;
};

/// Of all spans that begin at a moment, in the order of their ends: each holds the jobs of the one before. `by_end` is
/// in that order too.
void find_worst(const std::vector<Job>& by_end, Moment from, double pace, double spare, Demand& worst) {
    Demand span{.from = from};
    const Job* one = nullptr;
    bool has_two = false;  // vehicles
    for (std::size_t i = 0; i < by_end.size(); ++i) {
        const Job& job = by_end[i];
        if (job.from >= from) {
            span.labour += job.labour;
            has_two = has_two || (one && !job.vehicle.empty() && job.vehicle != one->vehicle);
            if (!one && !job.vehicle.empty()) one = &job;
        }
        const bool more_end_here = i + 1 < by_end.size() && by_end[i + 1].to == job.to;
        if (more_end_here || !has_two) continue;
        span.to = job.to;
        span.needed = span.labour / pace / (static_cast<double>(span.to - span.from) / 3'600'000 + spare);
        if (span.needed > worst.needed) worst = span;
    }
}

/// Work of vehicles that came and went between two moments was done between them: above the shop's bays times that
/// span there is no order of work in which each vehicle had a bay, however the shop planned it.
void more_than_bays(std::span<const Record> records, const Context& ctx, Flags& flags) {
    const auto shop = ctx.stations.at(records.front().fact.station_id, records.front().fact.occurred_at);
    if (!shop || shop->bays.value_or(0) <= 0) return;
    const double pace = ctx.number("M06", "hours_ratio_max", records.front());
    const double spare = ctx.number("M06", "hours_allowed", records.front());
    std::vector<Job> jobs;
    for (const Record& r : records)
        jobs.push_back({r.repair().received_at, r.repair().settled_at, labour_hours(r).value_or(0),
                        r.fact.vehicle ? r.fact.vehicle->vin + r.fact.vehicle->plate : std::string()});
    std::ranges::stable_sort(jobs, {}, &Job::to);
    Demand worst;
    std::set<Moment> begun;
    for (const Job& first : jobs)
        if (begun.insert(first.from).second) find_worst(jobs, first.from, pace, spare, worst);
    if (worst.needed <= *shop->bays) return;
    Flag flag{.claim = "more_than_bays",
              .grade = Grade::medium,
              .score_permille = 850,
              .values = {number("bays", *shop->bays, 0), number("bays_needed", worst.needed, 1),
                         number("hours", worst.labour, 1, "h"), moment("from", worst.from), moment("to", worst.to)},
              .key = records.front().fact.station_id + " bays " + day_words(records.front())};
    for (const Record& r : records)
        if (r.repair().received_at >= worst.from && r.repair().settled_at <= worst.to)
            flag.records.push_back(r.fact.record_id);
    flags.push_back(std::move(flag));
}

/// One technician's repairs that came and went on one day.
void day_too_long(std::span<const Record> records, const Context& ctx, Flags& flags) {
    double hours = 0;
    for (const Record& r : records) hours += labour_hours(r).value_or(0);
    if (hours <= ctx.number("M06", "day_hours_max", records.front())) return;
    Flag flag{.claim = "day_too_long",
              .grade = Grade::medium,
              .score_permille = 900,
              .person = records.front().repair().technician_id,
              .values = {number("hours", hours, 1, "h"),
                         number("hours_max", ctx.number("M06", "day_hours_max", records.front()), 0, "h"),
                         number("repairs", static_cast<double>(records.size()), 0)},
              .key = records.front().fact.station_id + " " + records.front().repair().technician_id + " " +
                     day_words(records.front())};
    for (const Record& r : records) flag.records.push_back(r.fact.record_id);
    flags.push_back(std::move(flag));
}

}  // namespace

Rule m06() {
    return {.id = "M06", .record = check, .groups = {{by_shop, more_than_bays}, {by_technician, day_too_long}}};
}

}  // namespace imloop::loop::rules
