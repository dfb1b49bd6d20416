// More work than the time holds. Labour hours are a trade's standard hours: a quick hand needs fewer by the clock, so
// only what no hand can do is flagged.
#include "loop/rules/rule.hpp"
#include "loop/suspects/repairs.hpp"

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

void keys(const Record& r, std::vector<std::string>& out) {
    const bool within_a_day = is_timed_repair(r) && day_of(r.repair().received_at) == day_of(r.repair().settled_at);
    if (within_a_day && !r.repair().technician_id.empty())
        out.push_back(r.fact.station_id + " " + r.repair().technician_id + " " +
                      format_day(day_of(r.repair().settled_at)));
}

/// One technician's repairs that came and went on one day.
void day_too_long(std::span<const Record> records, const Context& ctx, Flags& flags) {
    double hours = 0;
    for (const Record& r : records) hours += labour_hours(r).value_or(0);
    if (records.empty() || hours <= ctx.number("M06", "day_hours_max", records.front())) return;
    Flag flag{.claim = "day_too_long",
              .grade = Grade::medium,
              .score_permille = 900,
              .person = records.front().repair().technician_id,
              .values = {number("hours", hours, 1, "h"),
                         number("hours_max", ctx.number("M06", "day_hours_max", records.front()), 0, "h"),
                         number("repairs", static_cast<double>(records.size()), 0)},
              .key = records.front().fact.station_id + " " + records.front().repair().technician_id + " " +
                     format_day(day_of(records.front().repair().settled_at))};
    for (const Record& r : records) flag.records.push_back(r.fact.record_id);
    flags.push_back(std::move(flag));
}

}  // namespace

Rule m06() { return {.id = "M06", .record = longer_than_stay, .keys = keys, .shared = day_too_long}; }

}  // namespace imloop::loop::rules
