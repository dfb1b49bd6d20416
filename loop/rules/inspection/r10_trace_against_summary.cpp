// The result is a mean of the seconds (GB 18285-2018, GB 3847-2018; schemas/tables/rules/R10.json): where no window of
// the trace has that mean, one of the two was changed. Free acceleration: its readings are the highest smoke of each.
#include <algorithm>
#include <cmath>

#include "loop/physics/air.hpp"
#include "loop/suspects/observed/bench.hpp"
#include "loop/suspects/observed/traces.hpp"

namespace imloop::loop::rules {
namespace {

/// Where a result may lie, by the trace.
struct Bounds {
    double low = 0, high = 0;
};

/// What an instrument shows no finer, and equipment that cuts decimals off instead of rounding; and a share, since a
/// window may lose a row.
struct Tolerance {
    double absolute = 0, share = 0;
};
Tolerance tolerance_of(Channel c) {
    switch (c) {
        case Channel::co:
            return {0.02, 0.05};
        case Channel::hc:
            return {2, 0.05};
        case Channel::no:
        case Channel::nox:
            return {5, 0.05};
        case Channel::lambda:
            return {0.02, 0.01};
        case Channel::opacity:
            return {0.03, 0.05};
        default:
            return {0.3, 0.06};
    }
}

/// NO of ASM is corrected for the air's humidity; without the air's state by what humidity can do.
Bounds humidity(const InspectionDetail& test) {
    if (!test.temperature_c || !test.humidity_pct || !test.pressure_kpa || *test.pressure_kpa < 20) return {0.7, 1.6};
    const double k = physics::humidity_factor({*test.temperature_c, *test.humidity_pct, *test.pressure_kpa});
    return {std::min(1.0, k) * 0.97, std::max(1.0, k) * 1.03};
}

/// Traces hold raw values as a rule and corrected ones sometimes, so both may be the mean.
Bounds corrected(const Record& r, const TraceFacts& trace, Part part, Channel c, Bounds of) {
    if (r.fact.inspection->method != "asm") return of;
    if (c != Channel::co && c != Channel::hc && c != Channel::no) return of;
    const auto *co = trace.of(part, Channel::co), *co2 = trace.of(part, Channel::co2);
    if (co && co2) of.high *= physics::dilution_factor(co->window_max, co2->window_min, fuel_of(r));
    if (c == Channel::no) {
        const auto k = humidity(r.test());
        of = {of.low * k.low, of.high * k.high};
    }
    return of;
}

struct Mismatch {
    const Reading* reading = nullptr;
    Bounds bounds;
    double beyond = 0;  ///< how many tolerances outside
};

std::optional<Mismatch> mismatch(const Record& r, const TraceFacts& trace, const Reading& reading) {
    const auto channel = channel_of_item(reading.item);
    const auto named = part_of_phase(reading.phase);
    if (!channel || !named || reading.unit == "g/km") return std::nullopt;
    const auto* facts = trace.of(*named, *channel);
    const Part part = facts ? *named : Part::whole;
    if (!facts) facts = trace.of(Part::whole, *channel);
    if (!facts) return std::nullopt;
    const Bounds of = corrected(r, trace, part, *channel, {facts->window_min, facts->window_max});
    const auto tolerance = tolerance_of(*channel);
    const auto room = [&](double at) { return tolerance.absolute + tolerance.share * std::abs(at); };
    const double under = (of.low - reading.value) / room(of.low), over = (reading.value - of.high) / room(of.high);
    if (under <= 1 && over <= 1) return std::nullopt;
    return Mismatch{&reading, of, std::max(under, over)};
}

void windows(const Record& r, const TraceFacts& trace, Flags& flags) {
    std::optional<Mismatch> worst;
    int count = 0;
    for (const auto& reading : r.test().readings) {
        const auto found = mismatch(r, trace, reading);
        if (!found) continue;
        ++count;
        if (!worst || found->beyond > worst->beyond) worst = found;
    }
    if (!worst) return;
    const bool is_far = worst->beyond > 2 || count > 1;
    const auto& unit = worst->reading->unit;
    flags.push_back(flag_of(r, "no_such_window", is_far ? Grade::strong : Grade::medium, is_far ? 950 : 850,
                            {text("reading", place_of(*worst->reading)),
                             number("value", worst->reading->value, 2, unit), number("low", worst->bounds.low, 2, unit),
                             number("high", worst->bounds.high, 2, unit), number("readings", count, 0)}));
}

void smoke_peaks(const Record& r, const TraceFacts& trace, Flags& flags) {
    const auto* whole = trace.of(Part::whole, Channel::opacity);
    if (r.fact.inspection->method != "free_acceleration" || !whole) return;
    const auto tolerance = tolerance_of(Channel::opacity);
    for (const auto& reading : r.test().readings) {
        if (reading.item != "opacity") continue;
        const auto room = tolerance.absolute + tolerance.share * reading.value;
        const auto is_peak = [&](float peak) { return std::abs(peak - reading.value) <= room; };
        const auto end = trace.peaks.begin() + trace.order_peaks;
        const bool is_single = reading.phase != "mean" && trace.order_peaks >= 3;
        const bool fits =
            is_single ? std::any_of(trace.peaks.begin(), end, is_peak) : reading.value <= whole->max + room;
        if (fits) continue;
        flags.push_back(flag_of(r, "no_such_peak", Grade::medium, 850,
                                {text("reading", place_of(reading)), number("value", reading.value, 2, reading.unit),
                                 number("high", whole->max, 2, reading.unit)}));
        return;
    }
    const auto* mean = r.test().reading("opacity", "mean");
    if (!mean || trace.order_peaks >= 3 || mean->value >= whole->max * 0.4 - tolerance.absolute) return;
    // The highest of three is at most three times their mean, and smoke of three accelerations is alike.
    flags.push_back(flag_of(r, "no_such_peak", Grade::weak, 600,
                            {text("reading", place_of(*mean)), number("value", mean->value, 2, mean->unit),
                             number("high", whole->max, 2, mean->unit)}));
}

void length(const Record& r, const TraceFacts& trace, const Context& ctx, Flags& flags) {
    if (const auto rows = r.test().trace_rows; rows && std::abs(*rows - trace.rows) > lost_rows_max) {
        flags.push_back(flag_of(r, "other_length", Grade::medium, 850,
                                {number("rows_said", *rows, 0), number("rows", trace.rows, 0)}));
        return;
    }
    const auto not_whole = [&] {
        flags.push_back(flag_of(r, "not_whole", Grade::weak, 500,
                                {number("missing", trace.missing_rows, 0), number("falls", trace.falls, 0)}));
    };
    if (trace.falls > 0) return not_whole();
    const double took = static_cast<double>(r.test().ended_at - r.test().started_at) / 1000;
    if (trace.seconds > took + ctx.number("R10", "seconds_tolerance", r))
        flags.push_back(flag_of(r, "longer_than_test", Grade::medium, 800,
                                {number("trace_seconds", trace.seconds, 0, "s"), number("seconds", took, 0, "s")}));
    if (trace.gap_s_max > ctx.number("R10", "gap_seconds_max", r))
        flags.push_back(flag_of(r, "gap", Grade::weak, 500, {number("gap", trace.gap_s_max, 0, "s")}));
    else if (!trace.goes_through())
        not_whole();
}

/// P = F v on the rollers.
void power(const Record& r, const TraceFacts& trace, const Context& ctx, Flags& flags) {
    const double most = ctx.number("R10", "power_ratio_max", r);
    if (trace.power_rows < 10 || (trace.power_ratio <= most && trace.power_ratio >= 1 / most)) return;
    flags.push_back(flag_of(r, "power_not_force_times_speed", Grade::weak, 600,
                            {number("ratio", trace.power_ratio, 2), number("ratio_max", most, 2)}));
}

/// A trace that shows the phases of another method and none of this one.
bool of_another_method(const Record& r, const TraceFacts& trace, Flags& flags) {
    struct OfMethod {
        std::string_view method;
        int rows;
    };
    const OfMethod shown[] = {
        {"two_speed_idle", trace.rows_of(Part::idle) + trace.rows_of(Part::high_idle)},
        {"asm", trace.rows_of(Part::mode_5025) + trace.rows_of(Part::mode_2540)},
        {"lugdown", trace.rows_of(Part::k100) + trace.rows_of(Part::k80)},
    };
    const auto& method = r.fact.inspection->method;
    const auto own = std::ranges::find(shown, method, &OfMethod::method);
    if (own == std::end(shown) || own->rows > 0) return false;
    const auto other = std::ranges::find_if(shown, [](const OfMethod& m) { return m.rows > 0; });
    if (other == std::end(shown)) return false;
    flags.push_back(flag_of(r, "other_method", Grade::strong, 930,
                            {text("method", method), text("shown", other->method), number("rows", other->rows, 0)}));
    return true;
}

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r)) return;
    const TraceFacts* trace = ctx.traces.facts(r.test().trace_sha256);
    if (!trace) return;
    length(r, *trace, ctx, flags);
    if (!whole_trace(r, ctx)) return;
    if (of_another_method(r, *trace, flags)) return;
    windows(r, *trace, flags);
    smoke_peaks(r, *trace, flags);
    power(r, *trace, ctx, flags);
}

}  // namespace

Rule r10() { return {.id = "R10", .record = check}; }

}  // namespace imloop::loop::rules
