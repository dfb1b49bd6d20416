// A test shorter than its method allows was not carried out as the standard has it (HJ 1237-2021; GB 18285-2018 and
// GB 3847-2018 for the phases; schemas/tables/methods.json, seconds_min).
#include "loop/rules/rule.hpp"
#include "loop/tables.hpp"

namespace imloop::loop::rules {
namespace {

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!r.is_test() || r.fact.inspection->verdict == Verdict::aborted) return;
    const Method* method = method_named(r.fact.inspection->method);
    if (!method || method->seconds_min == 0) return;
    const double seconds = static_cast<double>(r.test().ended_at - r.test().started_at) / 1000;
    const double least = method->seconds_min - ctx.number("R04", "seconds_tolerance", r);
    if (seconds >= least) return;
    const bool hardly_begun = seconds < least / 2;
    flags.push_back({.claim = "shorter_than_method",
                     .grade = hardly_begun ? Grade::strong : Grade::medium,
                     .score_permille = hardly_begun ? 950 : 800,
                     .records = {r.fact.record_id},
                     .person = r.test().inspector_id,
                     .values = {number("seconds", seconds, 0, "s"), number("seconds_min", method->seconds_min, 0, "s"),
                                text("method", method->code)}});
}

}  // namespace

Rule r04() { return {.id = "R04", .record = check}; }

}  // namespace imloop::loop::rules
