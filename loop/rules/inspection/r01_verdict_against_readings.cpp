// A verdict follows from the readings and the limits in force (GB 18285-2018, GB 3847-2018; table limits): what says
// otherwise, lacks a value it should rest on, or is written in another unit, was not measured and judged as it should.
#include <algorithm>
#include <cmath>

#include "loop/physics/plausible.hpp"
#include "loop/suspects/observed/bench.hpp"

namespace imloop::loop::rules {
namespace {

bool is_pass(const Record& r) { return r.fact.inspection->verdict == Verdict::pass; }

void push(const Record& r, Flag flag, Flags& flags) {
    flag.records = {r.fact.record_id};
    flag.person = r.test().inspector_id;
    flag.key = flag.claim + "|" + r.fact.record_id;
    flags.push_back(std::move(flag));
}

/// One flag a record: the reading furthest beyond its limit.
void over_limit(const Record& r, Flags& flags) {
    const Reading* worst = nullptr;
    double worst_limit = 0;
    for (const auto& reading : r.test().readings) {
        if (!is_pass(r) && !reading.passed.value_or(false)) continue;
        const auto limits = table_limits(r, reading.phase, reading.item);
        if (!limits || reading.value <= limits->laxest) continue;
        if (!worst || reading.value / limits->laxest > worst->value / worst_limit)
            worst = &reading, worst_limit = limits->laxest;
    }
    if (!worst) return;
    push(r,
         {.claim = "over_limit_passed",
          .grade = Grade::strong,
          .score_permille = 950,
          .values = {text("reading", place_of(*worst)), number("value", worst->value, 2, worst->unit),
                     number("limit", worst_limit, 2, worst->unit)}},
         flags);
}

/// More at the wheels than the engine has: a comma moved, or a rated power that is not this engine's.
void too_strong(const Record& r, const Context& ctx, Flags& flags) {
    const auto* power = r.test().reading("power", "max");
    if (!is_pass(r) || r.fact.inspection->method != "lugdown" || !power || !r.detail.vehicle) return;
    const auto rated = r.detail.vehicle->rated_power_kw;
    const double share = ctx.number("R01", "wheel_power_share_max", r);
    if (!rated || *rated <= 0 || power->value <= *rated * share) return;
    push(r,
         {.claim = "power_beyond_engine",
          .grade = Grade::medium,
          .score_permille = 850,
          .values = {number("value", power->value, 1, "kW"), number("rated", *rated, 1, "kW"),
                     number("limit", *rated * share, 1, "kW")}},
         flags);
}

/// The result of a free acceleration is the mean of the three that count (GB 3847-2018); rounded, or cut off.
void not_the_mean(const Record& r, const Context& ctx, Flags& flags) {
    const auto *mean = r.test().reading("opacity", "mean"), *one = r.test().reading("opacity", "1"),
               *two = r.test().reading("opacity", "2"), *three = r.test().reading("opacity", "3");
    if (!is_pass(r) || r.fact.inspection->method != "free_acceleration" || !mean || !one || !two || !three) return;
    const double of_three = (one->value + two->value + three->value) / 3;
    const double room = ctx.number("R01", "mean_tolerance", r) + 0.05 * of_three;
    if (std::abs(mean->value - of_three) <= room) return;
    push(r,
         {.claim = "not_the_mean",
          .grade = Grade::medium,
          .score_permille = 850,
          .values = {number("value", mean->value, 2, mean->unit), number("mean", of_three, 2, mean->unit)}},
         flags);
}

/// Least power at the wheels, GB 3847-2018: 40 % of the rated.
void too_weak(const Record& r, const Context& ctx, Flags& flags) {
    const auto* power = r.test().reading("power", "max");
    if (!is_pass(r) || r.fact.inspection->method != "lugdown" || !power || !r.detail.vehicle) return;
    const auto rated = r.detail.vehicle->rated_power_kw;
    const double share = ctx.number("R01", "wheel_power_share_min", r);
    // The limit is printed in whole kW.
    if (!rated || power->value >= *rated * share - 1) return;
    push(r,
         {.claim = "under_power_passed",
          .grade = Grade::medium,
          .score_permille = 850,
          .values = {number("value", power->value, 1, "kW"), number("limit", *rated * share, 1, "kW")}},
         flags);
}

bool says_failed(const Record& r, const Reading& reading) {
    const auto& items = r.test().failed_items;
    return reading.passed == false || std::ranges::find(items, place_of(reading)) != items.end();
}

void within_limits_failed(const Record& r, Flags& flags) {
    for (const auto& reading : r.test().readings) {
        const auto limits = table_limits(r, reading.phase, reading.item);
        if (!limits || reading.value > limits->strictest || !says_failed(r, reading)) continue;
        return push(r,
                    {.claim = "within_limits_failed",
                     .grade = Grade::medium,
                     .score_permille = 850,
                     .values = {text("reading", place_of(reading)), number("value", reading.value, 2, reading.unit),
                                number("limit", limits->strictest, 2, reading.unit)}},
                    flags);
    }
}

/// What a pass by a method rests on. The second ASM mode is left out after a fast pass, as a whole; NOx of diesels and
/// lambda are not asked of all; g/km come apart or as a sum.
std::vector<std::string> missing_of(const Record& r) {
    struct Need {
        const char *method, *phase, *item, *or_item;
    };
    static constexpr Need needs[] = {{"two_speed_idle", "idle", "co", ""},
                                     {"two_speed_idle", "idle", "hc", ""},
                                     {"two_speed_idle", "high_idle", "co", ""},
                                     {"two_speed_idle", "high_idle", "hc", ""},
                                     {"asm", "5025", "co", ""},
                                     {"asm", "5025", "hc", ""},
                                     {"asm", "5025", "no", ""},
                                     {"vmas", "cycle", "co", ""},
                                     {"vmas", "cycle", "hc", "hc_nox"},
                                     {"vmas", "cycle", "nox", "hc_nox"},
                                     {"transient", "cycle", "co", ""},
                                     {"transient", "cycle", "hc", "hc_nox"},
                                     {"transient", "cycle", "nox", "hc_nox"},
                                     {"free_acceleration", "mean", "opacity", ""},
                                     {"lugdown", "k100", "opacity", ""},
                                     {"lugdown", "k80", "opacity", ""},
                                     {"lugdown", "max", "power", ""},
                                     {"ringelmann", "1", "ringelmann", ""}};
    std::vector<std::string> out;
    for (const auto& need : needs)
        if (r.fact.inspection->method == need.method && !r.test().reading(need.item, need.phase) &&
            !r.test().reading(need.or_item, need.phase))
            out.push_back(std::string(need.item) + "/" + need.phase);
    const bool has_second = std::ranges::any_of(r.test().readings, [](const auto& o) { return o.phase == "2540"; });
    if (r.fact.inspection->method == "asm" && has_second)
        for (const auto* item : {"co", "hc", "no"})
            if (!r.test().reading(item, "2540")) out.push_back(std::string(item) + "/2540");
    return out;
}

void values_missing(const Record& r, Flags& flags) {
    if (!is_pass(r)) return;
    const auto missing = missing_of(r);
    if (missing.empty()) return;
    std::string list;
    for (const auto& place : missing) list += (list.empty() ? "" : ", ") + place;
    const bool is_all = r.test().readings.empty();
    push(r,
         {.claim = "values_missing",
          .grade = is_all ? Grade::strong : Grade::medium,
          .score_permille = is_all ? 950 : 800,
          .values = {text("missing", list), number("readings", static_cast<double>(r.test().readings.size()), 0)}},
         flags);
}

void unit_slips(const Record& r, Flags& flags) {
    for (const auto& reading : r.test().readings) {
        const auto range = physics::instrument_range(reading.item, reading.unit);
        if (!range || range->holds(reading.value)) continue;
        const double factor = physics::unit_slip(reading.value, *range);
        Flag flag{.claim = factor == 0 ? "beyond_instrument" : "unit_slip",
                  .grade = Grade::medium,
                  .score_permille = 900,
                  .values = {text("reading", place_of(reading)), number("value", reading.value, 3, reading.unit),
                             number("low", range->low, 1, reading.unit), number("high", range->high, 1, reading.unit)}};
        if (factor != 0) flag.values.push_back(number("factor", factor, factor < 1 ? 3 : 0));
        return push(r, std::move(flag), flags);
    }
}

/// A line that contradicted itself was refused and is no record; that it was written stays.
void refused(const Record& r, Flags& flags) {
    const auto& reasons = r.arrival->rejected_for;
    if (std::ranges::find(reasons, "verdict_contradicts_readings") == reasons.end()) return;
    const bool helps = is_pass(r);
    push(r,
         {.claim = helps ? "refused_pass" : "refused_fail",
          .grade = helps ? Grade::strong : Grade::medium,
          .score_permille = helps ? 900 : 700,
          .values = {text("report_no", r.fact.inspection->report_no)}},
         flags);
}

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r)) return;
    if (r.arrival && !r.arrival->rejected_for.empty()) return refused(r, flags);
    unit_slips(r, flags);
    values_missing(r, flags);
    if (!is_car_or_lorry(r)) return;
    over_limit(r, flags);
    too_weak(r, ctx, flags);
    too_strong(r, ctx, flags);
    not_the_mean(r, ctx, flags);
    within_limits_failed(r, flags);
}

}  // namespace

Rule r01() { return {.id = "R01", .record = check}; }

}  // namespace imloop::loop::rules
