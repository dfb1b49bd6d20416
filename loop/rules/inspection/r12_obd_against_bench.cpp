// The vehicle's own speed and revolutions, read over OBD each second, against those of the bench: another vehicle's
// signal, or a simulator's, does not follow this one. A signal that is not given is no mismatch, and a bench that takes
// its revolutions from OBD has both equal.
#include <algorithm>

#include "loop/suspects/observed/bench.hpp"
#include "loop/suspects/observed/traces.hpp"

namespace imloop::loop::rules {
namespace {

/// A course can be told from noise where the bench moves this many times what counts as moving.
constexpr double courses = 8;

/// Tachometers that listen to vibration or ignition count one cylinder too many, half or twice.
bool is_miscounted(double ratio, double tolerance) {
    return std::ranges::any_of(std::initializer_list<double>{0.5, 2.0, 2.0 / 3, 1.5, 0.75, 4.0 / 3},
                               [&](double r) { return ratio > r * (1 - tolerance) && ratio < r * (1 + tolerance); });
}

void compare(const Record& r, const Context& ctx, const char* signal, const Agreement& a, double off_max, double varies,
             Flags& flags) {
    if (a.rows < ctx.number("R12", "rows_min", r)) return;
    const bool is_rpm = std::string_view(signal) == "rpm";
    if (a.obd_range == 0 && a.bench_range > varies) {
        flags.push_back(
            flag_of(r, "obd_constant", Grade::strong, 940,
                    {text("signal", signal), number("bench_range", a.bench_range, 0, is_rpm ? "1/min" : "km/h"),
                     number("rows", a.rows, 0)}));
        return;
    }
    if (a.bench_range > courses * varies && a.correlation < ctx.number("R12", "correlation_min", r)) {
        flags.push_back(flag_of(
            r, "other_course", Grade::strong, 940,
            {text("signal", signal), number("correlation", a.correlation, 2),
             number("correlation_min", ctx.number("R12", "correlation_min", r), 2), number("rows", a.rows, 0)}));
        return;
    }
    const bool is_off = a.ratio > 1 + off_max || a.ratio < 1 / (1 + off_max);
    if (!is_off || (is_rpm && is_miscounted(a.ratio, 0.06))) return;
    flags.push_back(flag_of(r, "other_level", Grade::medium, 800,
                            {text("signal", signal), number("ratio", a.ratio, 2), number("ratio_max", 1 + off_max, 2),
                             number("rows", a.rows, 0)}));
}

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r)) return;
    const TraceFacts* trace = whole_trace(r, ctx);
    if (!trace) return;
    compare(r, ctx, "speed", trace->speed, ctx.number("R12", "speed_ratio_off_max", r),
            ctx.number("R12", "speed_varies_kmh", r), flags);
    compare(r, ctx, "rpm", trace->rpm, ctx.number("R12", "rpm_ratio_off_max", r), ctx.number("R12", "rpm_varies", r),
            flags);
}

}  // namespace

Rule r12() { return {.id = "R12", .record = check}; }

}  // namespace imloop::loop::rules
