// Instruments and programs that a right test can't have been made with: calibration run out or failed, an analyser at
// two stations in one day or seen but once, calibrations that never differ from the bottle's label or stand in tests
// alone, software that comes and goes, a station that was suspended (GB 18285-2018 appendix on equipment; HJ
// 1237-2021).
#include "loop/rules/inspection/station_equipment.hpp"
#include "loop/suspects/observed/equipment.hpp"

namespace imloop::loop::rules {
namespace {

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!r.is_test() && !r.is_repair()) return;
    const std::string person = r.is_test() ? r.test().inspector_id : r.repair().technician_id;
    const auto now = ctx.stations.at(r.fact.station_id, r.fact.occurred_at);
    const auto day_before = ctx.stations.at(r.fact.station_id, r.fact.occurred_at - day_ms);
    // On the very day of a suspension the station may not know of it yet.
    const auto stopped = [](const auto& s) { return s && !s->record_id.empty() && !s->filed; };
    if (stopped(now) && stopped(day_before))
        flags.push_back({.claim = "station_not_filed",
                         .grade = Grade::strong,
                         .score_permille = 950,
                         .records = {r.fact.record_id},
                         .person = person,
                         .values = {moment("occurred_at", r.fact.occurred_at)}});
    if (!r.is_test() || !r.test().calibrated_at) return;
    const double days = static_cast<double>(r.test().started_at - *r.test().calibrated_at) / day_ms;
    if (days <= ctx.number("R11", "calibrated_days_max", r)) return;
    flags.push_back({.claim = "calibration_expired",
                     .grade = Grade::medium,
                     .score_permille = 900,
                     .records = {r.fact.record_id},
                     .person = person,
                     .values = {number("days", days, 0), text("analyser", r.test().analyser_id)}});
}

/// Another station's instrument of that name is another.
void by_instrument(const Record& r, std::vector<std::string>& out) {
    if (const auto id = equipment::instrument_of(r); !id.empty()) out.push_back(r.fact.station_id + "|" + id);
}

}  // namespace

Rule r11() {
    return {.id = "R11",
            .record = check,
            .groups = {{by_instrument, equipment::check_calibrations, true}},
            .folds = {station_equipment()}};
}

}  // namespace imloop::loop::rules
