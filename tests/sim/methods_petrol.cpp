// Two-speed idle, ASM and VMAS, second by second (GB 18285-2018).
#include <algorithm>
#include <cmath>

#include "tests/sim/bench.hpp"

namespace imloop::sim {
namespace {

constexpr int preconditioning_s = 30, settle_s = 15, sampling_s = 30;
constexpr int asm_hold_s = 5, asm_stable_s = 10, asm_window_s = 10, asm_mode_s_max = 90;
constexpr double fast_pass_share = 0.5;  // of the limits, in the first window: the test ends

double idle_rpm(const Vehicle& v) { return 720 + static_cast<double>(v.number % 9) * 15; }

/// Worst of value over limit in the last window.
double worst_share(const Test& t, const char* phase) {
    const std::size_t n = std::min<std::size_t>(t.rows.size(), asm_window_s);
    double co = 0, hc = 0, no = 0;
    for (std::size_t i = t.rows.size() - n; i < t.rows.size(); ++i)
        co += t.rows[i].co_pct, hc += t.rows[i].hc_ppm, no += t.rows[i].no_ppm;
    const auto share = [&](double sum, const char* item) {
        return sum / static_cast<double>(n) / limit_of(Method::asm_, item, phase, 0);
    };
    return std::max({share(co, "co"), share(hc, "hc"), share(no, "no")});
}

/// One ASM mode; false: over the limits to its end.
double asm_mode(Recorder& r, const Running& running, bool fast) {
    const double speed = fast ? 40 : 25, power = asm_power_kw(r.test.typed.mass_kg, fast);
    const Mode mode = fast ? Mode::asm_2540 : Mode::asm_5025;
    const double rpm =
        speed * 1000 / 60 / (fast ? 0.36 : 0.24) * (0.9 + 0.02 * static_cast<double>(r.bench.on_line->number % 10));
    const auto one = [&](State state) {
        auto& row = r.second(state, rpm, speed + 0.25 * r.random.noise());
        r.power(row, power);
        r.gas(row, mode, running);
    };
    const double from = fast ? 25 : 0;
    const int ramp = std::max(4, static_cast<int>((fast ? 7 : 12) * r.bench.pace));
    for (int i = 1; i <= ramp; ++i) {
        const double now = from + (speed - from) * i / ramp;
        auto& row = r.second(State::accelerate, std::max(rpm * now / speed, 900.0), now);
        r.power(row, power * 0.5);
        r.gas(row, mode, running, 1.1);
    }
    for (int i = 0; i < asm_hold_s; ++i) one(State::hold);
    for (int i = 0; i < asm_stable_s; ++i) one(State::stable);
    double worst = 9;
    for (int i = 1; i <= asm_mode_s_max - asm_hold_s - asm_stable_s; ++i) {
        one(State::test);
        if (i < asm_window_s) continue;
        worst = worst_share(r.test, fast ? "2540" : "5025");
        if (worst <= (i == asm_window_s && !fast ? fast_pass_share : 1.0) || (i > asm_window_s && worst <= 1.0)) break;
    }
    return worst;
}

struct Point {
    int second;
    double speed_kmh;
};
/// The urban cycle of ECE R15 that the short transient test drives, 195 s.
constexpr Point cycle[] = {{0, 0},  {11, 0},  {15, 15},  {23, 15},  {28, 0},   {49, 0},   {61, 32}, {85, 32},
                           {96, 0}, {117, 0}, {143, 50}, {155, 50}, {163, 35}, {176, 35}, {188, 0}, {195, 0}};

double speed_at(int second) {
    for (std::size_t i = 1; i < std::size(cycle); ++i)
        if (second <= cycle[i].second) {
            const auto &a = cycle[i - 1], &b = cycle[i];
            return a.speed_kmh + (b.speed_kmh - a.speed_kmh) * (second - a.second) / (b.second - a.second);
        }
    return 0;
}

}  // namespace

void two_speed_idle(Recorder& r) {
    const Running running = sim::running(r.bench.mileage_km, r.random);
    const double high = 2450 + 40 * r.random.noise(), low = idle_rpm(*r.bench.on_line);
    const auto run = [&](State state, Mode mode, double rpm, int seconds) {
        for (int i = 0; i < seconds; ++i) r.gas(r.second(state, rpm), mode, running);
    };
    run(State::prepare, Mode::high_idle, r.bench.on_line->model->rated_rpm * 0.7, preconditioning_s);
    run(State::settle, Mode::high_idle, high, settle_s);
    run(State::high_idle, Mode::high_idle, high, sampling_s);
    run(State::settle, Mode::idle, low, settle_s);
    run(State::idle, Mode::idle, low, sampling_s);
}

void asm_test(Recorder& r) {
    const Running running = sim::running(r.bench.mileage_km, r.random);
    const double first = asm_mode(r, running, false);
    if (first > fast_pass_share || r.bench.both_asm_modes) asm_mode(r, running, true);
}

void vmas(Recorder& r) {
    const Running running = sim::running(r.bench.mileage_km, r.random);
    const double mass = r.test.typed.mass_kg + 100;
    double before = 0;
    for (int second = 1; second <= 195; ++second) {
        const double speed = speed_at(second), metres = speed / 3.6, gain = (speed - before) / 3.6;
        before = speed;
        const double kw = metres * (mass * (0.12 + gain) + 0.42 * metres * metres) / 1000;
        auto& row = r.second(State::cycle, std::max(idle_rpm(*r.bench.on_line), 1100 + speed * 24 + gain * 500), speed);
        r.power(row, std::max(0.0, kw));
        // Exhaust follows the work and what the engine needs to turn.
        row.flow_lps = rounded((2.6 + mass / 1000 + 1.15 * std::max(0.0, kw)) * (1 + 0.01 * r.random.noise()), 1);
        const double load = 0.75 + 0.9 * std::clamp(kw / 18, 0.0, 1.0);
        r.gas(row, speed < 1 ? Mode::idle : Mode::cycle, running, load);
    }
}

}  // namespace imloop::sim
