// Measurement has noise and old engines have emissions: a result of nothing at all from a worn car, a channel that
// stands still while an engine runs, and smoke that is equal three times again and again were not measured.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "loop/suspects/bench.hpp"
#include "loop/suspects/traces.hpp"

namespace imloop::loop::rules {
namespace {

constexpr Day block_days = 90;  // tests of one station whose smoke is looked at together

/// Before catalysts were closed-loop and diesels had filters.
bool is_old_stage(const Record& r) {
    static const std::set<std::string, std::less<>> old = {"国0", "国I", "国II", "国III"};
    return r.detail.vehicle && old.contains(r.detail.vehicle->emission_stage);
}

double age_years(const Record& r) {
    const auto on = r.detail.vehicle ? r.detail.vehicle->registered_on : std::nullopt;
    return on ? (day_of(r.test().ended_at) - *on) / 365.25 : 0;
}

/// All pollutants of the test that a warm, worn engine cannot be without; nothing where none was measured.
std::optional<bool> is_all_nothing(const Record& r) {
    std::optional<bool> out;
    for (const auto& reading : r.test().readings) {
        const double least = reading.item == "co"                                   ? 0.01
                             : reading.item == "hc"                                 ? 2
                             : reading.item == "no" || reading.item == "nox"        ? 3
                             : reading.item == "opacity" && reading.phase != "mean" ? 0.011
                                                                                    : 0;
        if (least == 0 || reading.unit == "g/km") continue;
        out = out.value_or(true) && reading.value < least;
    }
    return out;
}

void too_clean(const Record& r, const Context& ctx, Flags& flags) {
    if (!r.detail.vehicle || !is_all_nothing(r).value_or(false)) return;
    const double age = age_years(r), age_min = ctx.number("R14", "age_years_min", r);
    const auto km = r.test().obd ? r.test().obd->mileage_km : std::nullopt;
    const bool is_aged = age >= age_min, is_far_driven = km.value_or(0) >= ctx.number("R14", "mileage_km_min", r);
    // Newer engines may idle that clean, not with wear in every respect.
    if (is_old_stage(r) ? !is_aged && !is_far_driven : !is_aged || !is_far_driven) return;
    const bool is_plain = is_old_stage(r) || r.test().reading("no", "5025");
    flags.push_back(flag_of(r, "nothing_from_a_worn_car", is_plain ? Grade::medium : Grade::weak, is_plain ? 750 : 500,
                            {number("age", age, 0, "a"), number("mileage", km.value_or(0), 0, "km"),
                             text("stage", r.detail.vehicle->emission_stage)}));
}

/// Channels that move in every second of a running engine. Zero is left out: a clean car's smoke may stand there.
void flat_channels(const Record& r, const Context& ctx, Flags& flags) {
    const TraceFacts* trace = ctx.traces.facts(r.test().trace_sha256);
    if (!trace || trace->rows < ctx.number("R14", "flat_rows_min", r)) return;
    int flat = 0, moving = 0;
    for (const Channel c : {Channel::co2, Channel::o2, Channel::hc, Channel::no, Channel::nox, Channel::opacity}) {
        const auto* facts = trace->of(Part::whole, c);
        if (!facts || facts->max == 0) continue;
        (facts->flat() ? flat : moving)++;
    }
    if (trace->rpm_rows > 0) (trace->rpm_min == trace->rpm_max ? flat : moving)++;
    if (flat < 2 || moving > 0) return;
    flags.push_back(
        flag_of(r, "flat_channels", Grade::strong, 950, {number("channels", flat, 0), number("rows", trace->rows, 0)}));
}

void check(const Record& r, const Context& ctx, Flags& flags) {
    if (!is_judged_test(r)) return;
    too_clean(r, ctx, flags);
    flat_channels(r, ctx, flags);
}

/// Three peaks, visible ones; nothing else.
std::optional<std::array<double, 3>> peaks_of(const Record& r, double least) {
    if (!is_judged_test(r) || r.fact.inspection->method != "free_acceleration") return std::nullopt;
    std::array<double, 3> out{};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto* reading = r.test().reading("opacity", std::string(1, static_cast<char>('1' + i)));
        if (!reading || reading->value < least) return std::nullopt;
        out[i] = reading->value;
    }
    return out;
}

void keys(const Record& r, std::vector<std::string>& out) {
    if (peaks_of(r, 0)) out.push_back(r.fact.station_id + "|" + std::to_string(day_of(r.test().ended_at) / block_days));
}

/// Of at least `k` of `n`, each with chance `p`.
double chance_of(int k, int n, double p) {
    double term = std::pow(1 - p, n), below = 0;
    for (int i = 0; i < k; ++i) {
        below += term;
        term *= static_cast<double>(n - i) / (i + 1) * p / (1 - p);
    }
    return std::max(0.0, 1 - below);
}

void equal_peaks(std::span<const Record> records, const Context& ctx, Flags& flags) {
    std::vector<const Record*> equal;
    int tests = 0;
    for (const auto& r : records) {
        const auto peaks = peaks_of(r, ctx.number("R14", "peak_min", r));
        if (!peaks) continue;
        ++tests;
        if ((*peaks)[0] == (*peaks)[1] && (*peaks)[1] == (*peaks)[2]) equal.push_back(&r);
    }
    if (equal.size() < 2) return;
    const double chance =
        chance_of(static_cast<int>(equal.size()), tests, ctx.number("R14", "equal_peaks_share", *equal[0]));
    if (chance > ctx.number("R14", "chance_max", *equal[0])) return;
    for (const Record* r : equal) {
        auto flag = flag_of(*r, "equal_peaks", Grade::medium, 850,
                            {number("peak", r->test().reading("opacity", "1")->value, 2, "1/m"),
                             number("equal", static_cast<double>(equal.size()), 0), number("tests", tests, 0),
                             number("chance_per_million", chance * 1e6, 1)});
        for (const Record* other : equal)
            if (other != r) flag.records.push_back(other->fact.record_id);
        flag.key = "equal_peaks|" + r->fact.record_id;
        flags.push_back(std::move(flag));
    }
}

}  // namespace

Rule r14() { return {.id = "R14", .record = check, .keys = keys, .shared = equal_peaks, .swept = true}; }

}  // namespace imloop::loop::rules
