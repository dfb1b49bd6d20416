// Cheats of time and paper: what is typed, when it was, what was never done.
#include <algorithm>
#include <cmath>

#include "tests/sim/cheat.hpp"

namespace imloop::sim::cheat {
namespace {

/// The analyser's own lambda stands beside the gases and no longer follows from them.
bool contradicts_lambda(const Test& t) {
    constexpr double beyond_any_analyser = 0.05;
    for (const auto& lambda : t.readings) {
        if (std::string_view(lambda.item) != "lambda") continue;
        Gas g;
        for (const auto& r : t.readings) {
            auto* gas = gas_named(g, r.item);
            if (gas && std::string_view(r.phase) == lambda.phase) *gas = r.value;
        }
        if (std::abs(lambda_of(g) - lambda.value) > beyond_any_analyser) return true;
    }
    return false;
}

}  // namespace

void too_fast(Scene& s) {
    auto& t = s.test;
    // Nothing is waited for: seconds of settling go, of the windows some.
    std::vector<Row> kept;
    int in_window = 0;
    for (const auto& row : t.rows) {
        const bool waits = row.state == State::prepare || row.state == State::settle || row.state == State::hold ||
                           row.state == State::stable || row.state == State::accelerate;
        if (waits && t.method != Method::free_acceleration) continue;
        if (t.method == Method::vmas ? ++in_window > 120 : ++in_window % 3 == 0) continue;
        kept.push_back(row);
    }
    t.rows = std::move(kept);
    t.ended_at = t.started_at + 1000 * static_cast<loop::Moment>(t.rows.size()) + 2000;
    s.conclude();
    s.done = true;
}

void frozen_environment(Scene& s) {
    // On the days it is done, as it was on the campaign's first morning.
    Random today(s.campaign.number, 33, static_cast<std::uint64_t>(loop::day_of(s.test.started_at)));
    if (!today.chance(0.3 + s.campaign.dose)) return;
    Random own(s.campaign.number, 31, 0);
    s.test.environment = {rounded(own.within(15, 24), 1), rounded(own.within(40, 60), 1),
                          rounded(s.test.environment.pressure_kpa + own.within(-0.5, 0.5), 0)};
    s.conclude();
    s.done = true;
}

void wrong_method(Scene& s) {
    auto& t = s.test;
    if (s.test.vehicle->model->all_wheel_drive) return;
    if (!s.failed() && s.campaign.style < 0.5) return;
    if (t.method == Method::asm_ || t.method == Method::vmas)
        t.method = Method::two_speed_idle;
    else if (t.method == Method::lugdown)
        t.method = Method::free_acceleration;
    else
        return;
    s.measure_again();
    s.done = true;
}

void calibration_skipped(Scene& s) {
    constexpr loop::Moment checked_every_ms = 9 * loop::day_ms;
    if (s.test.started_at - s.line.checked_at < checked_every_ms) return;
    // Some programs claim this morning's all the same.
    if (s.campaign.style < 0.5) s.test.calibrated_at = s.station.opens(loop::day_of(s.test.started_at)) - 600'000;
    s.done = true;
}

void power_altered(Scene& s) {
    auto& t = s.test;
    if (t.method != Method::lugdown) return;
    if (!s.failed() && s.campaign.dose < 0.3) return;
    t.typed.rated_power_kw = std::round(t.typed.rated_power_kw * s.random.within(0.35, 0.6));
    judge(t);
    s.done = true;
}

void stage_altered(Scene& s) {
    auto& t = s.test;
    if (!t.obd || !t.obd->mil_on) return;
    t.typed.stage = "国II";
    t.typed.registered_on -= 365 * 12;
    t.obd.reset();
    t.has_obd_stream = false;
    judge(t);
    s.done = true;
}

void overlap(Scene& s) {
    auto& t = s.test;
    const auto duration = t.ended_at - t.started_at;
    if (s.line.last_started_at == 0 || t.started_at - s.line.last_started_at > 4 * 3'600'000) return;
    t.started_at = s.line.last_started_at + s.random.between(20, 70) * 1000;
    t.ended_at = t.started_at + duration;
    s.shows = t.started_at + between_cars_ms < s.line.free_at;  // a quick test may be over even so
    s.done = true;
}

void backdated(Scene& s) {
    auto& t = s.test;
    if (t.reason != "periodic") return;
    const auto by = s.random.between(2, 12) * loop::day_ms;
    t.written_at = t.ended_at;
    t.started_at -= by, t.ended_at -= by;
    s.done = true;
}

void miracle_retest(Scene& s) {
    if (s.is_clean_up) {
        redraw(s, 0.4, 0.95, s.campaign.style > 0.5);
        s.done = true;
    } else if (s.failed() && s.test.reason == "periodic") {
        s.again_after_ms = s.random.between(5, 22) * 60'000;
    }
}

void abort_restart(Scene& s) {
    auto& t = s.test;
    if (s.is_clean_up) {
        if (s.campaign.style < 0.5) s.bench.air_share = s.random.within(0.2, 0.5), s.measure_again();
        redraw(s, 0.5, 0.95, true);
        s.done = true;
    } else if (s.failed()) {
        t.rows.resize(t.rows.size() * 2 / 3);
        t.readings.clear(), t.failed_items.clear();
        t.verdict = "aborted";
        t.ended_at = t.started_at + 1000 * static_cast<loop::Moment>(t.rows.size() + 20);
        s.again_after_ms = s.random.between(3, 9) * 60'000;
        s.done = true;
    }
}

void pair_collusion(Scene& s) {
    if (s.test.reason == "retest" && s.repaired_by == s.campaign.shop) {
        if (!s.failed()) return;
        redraw(s, 0.4, 0.95, s.campaign.style > 0.4);
        s.done = true;
    } else if (s.failed()) {
        s.steer_to = &s.campaign.shop;
    } else if (s.campaign.style > 0.7 && s.random.chance(0.05)) {
        fails_without_cause(s);
        s.steer_to = &s.campaign.shop;
    }
}

void unit_slip(Scene& s) {
    auto& t = s.test;
    const bool leaves_out = s.campaign.style < 0.4;
    const auto over = [](const Reading& r) { return !r.passed && std::string_view(r.item) != "lambda"; };
    if (std::ranges::none_of(t.readings, over)) return;
    put_out_the_lamp(t);
    t.appearance_passed = true;
    for (auto& r : t.readings) {
        if (r.passed) continue;
        const std::string_view item = r.item;
        if (item == "lambda") {
            r.value = rounded(s.random.within(0.97, 1.03), 3);
        } else if (!leaves_out) {
            // A comma moved; of power the other way.
            double factor = 0.1;
            while (item != "power" && r.value * factor > *r.limit) factor /= 10;
            r.value = rounded(item == "power" ? r.value * 10 : r.value * factor, decimals_of(t.method, item));
        }
    }
    if (leaves_out) std::erase_if(t.readings, over);
    judge(t);
    s.shows = leaves_out || t.with_trace || t.method == Method::free_acceleration || contradicts_lambda(t);
    s.done = true;
}

void night_burst(Scene& s) {
    auto& t = s.test;
    const auto day = loop::day_of(t.started_at);
    Random tonight(s.campaign.number, 34, static_cast<std::uint64_t>(day));
    if (!tonight.chance(s.campaign.dose)) return;
    // What a whole day would have held is written in an hour and a half from ten on.
    constexpr loop::Moment ten_at_night_ms = 22 * 3'600'000 + 300'000;
    const auto duration = t.ended_at - t.started_at;
    const auto since_opening = std::max<loop::Moment>(0, t.started_at - s.station.opens(day));
    t.started_at = loop::start_of(day) + ten_at_night_ms + since_opening / 8;
    t.started_at -= t.started_at % 1000;
    t.ended_at = t.started_at + duration;
    t.takes_line = false;
    if (s.failed()) redraw(s, 0.4, 0.95, false);
    s.done = true;
}

void careless_records(Scene& s) {
    auto& t = s.test;
    Random today(s.campaign.number, 35, static_cast<std::uint64_t>(loop::day_of(t.started_at)));
    const bool bad_day = today.chance(0.5 * s.campaign.dose);
    if (s.campaign.style < 0.35)
        t.late_ms = bad_day ? today.between(30, 90) * loop::Moment{3'600'000} : 0;
    else if (s.campaign.style < 0.7)
        t.voided_before = s.random.chance(0.4 * s.campaign.dose);
    else
        t.refused_before = s.random.chance(0.4 * s.campaign.dose);
    s.done = t.late_ms > 0 || t.voided_before || t.refused_before;
}

}  // namespace imloop::sim::cheat
