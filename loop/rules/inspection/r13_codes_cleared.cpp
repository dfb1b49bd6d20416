// Codes cleared just before the test: the monitors of catalyst, oxygen sensors or EGR need several drives to complete
// (ISO 15031-5), so that complete monitors a few kilometres or warm-ups after a clearing were not earned; a permanent
// code goes by itself once its monitor passes (SAE J1979 mode 0A).
#include <optional>

#include "loop/rules/rule.hpp"
#include "loop/suspects/observed/obd.hpp"

namespace imloop::loop::rules {
namespace {

/// 0 is also what equipment writes for counters the control unit does not have.
bool tiny(const std::optional<double>& value, double below) { return value && *value > 0 && *value < below; }
bool at_most(const std::optional<double>& value, double most) { return !value || *value <= most; }

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!r.is_test() || !r.test().obd) return;
    const auto& obd = *r.test().obd;
    if (obd.communicates == false) return;
    const auto readiness = readiness_of(obd);
    const double km = ctx.number("R13", "cleared_km_min", r), warm_ups = ctx.number("R13", "cleared_warm_ups_min", r);
    const bool just_driven = tiny(obd.cleared_distance_km, km);
    const bool hardly_warmed = tiny(obd.cleared_warm_ups, warm_ups) && at_most(obd.cleared_distance_km, 5 * km);
    if (readiness == Readiness::complete && (just_driven || hardly_warmed))
        flags.push_back({.claim = "complete_just_after_clearing",
                         .grade = Grade::medium,
                         .score_permille = 900,
                         .records = {r.fact.record_id},
                         .person = r.test().inspector_id,
                         .values = {number("cleared_km", obd.cleared_distance_km.value_or(0), 0, "km"),
                                    number("cleared_warm_ups", obd.cleared_warm_ups.value_or(0), 0)}});
    if (r.fact.inspection->verdict != Verdict::pass || obd.permanent_dtcs.empty() || obd.mil_on != false ||
        readiness == Readiness::incomplete)
        return;
    const bool contradicts = readiness == Readiness::complete;
    flags.push_back({.claim = "permanent_code_lamp_off",
                     .grade = contradicts ? Grade::medium : Grade::weak,
                     .score_permille = contradicts ? 850 : 600,
                     .records = {r.fact.record_id},
                     .person = r.test().inspector_id,
                     .values = {text("code", obd.permanent_dtcs.front())}});
}

}  // namespace

Rule r13() { return {.id = "R13", .record = check}; }

}  // namespace imloop::loop::rules
