// Lug-down and free acceleration, second by second (GB 3847-2018).
#include <algorithm>
#include <cmath>

#include "tests/sim/bench.hpp"

namespace imloop::sim {
namespace {

constexpr int point_s = 10, accelerations = 3;

}  // namespace

void lugdown(Recorder& r) {
    const auto& v = *r.bench.on_line;
    const DieselState state = diesel_state(v, r.bench.mileage_km, r.random);
    // Thin and warm air takes power from the engine; the result is corrected for both.
    const auto& e = r.test.environment;
    const double air = std::pow(99 / e.pressure_kpa, 0.7) * std::pow((e.temperature_c + 273.15) / 298.15, 1.5);
    const double best = state.wheel_power_kw / air, at = 68 + static_cast<double>(v.number % 7);
    const auto one = [&](State s, double share_of_speed, double share_of_power, double smoke) {
        auto& row = r.second(s, v.model->rated_rpm * 0.95 * share_of_speed, at * share_of_speed);
        r.power(row, best * share_of_power);
        r.opacity(row, state.opacity_m1 * smoke);
        row.nox_ppm = std::round(
            std::max(0.0, state.nox_ppm * r.bench.scale * r.bench.instrument->no * (0.7 + 0.3 * share_of_power) *
                              (1 + r.no_wander() + 0.012 * r.random.noise())));
        if (r.bench.air_share > 0) {
            row.opacity_m1 = rounded(row.opacity_m1 * (1 - r.bench.air_share), 2);
            row.nox_ppm = std::round(row.nox_ppm * (1 - r.bench.air_share));
        }
    };
    const int warm = std::max(6, static_cast<int>(14 * r.bench.pace));
    for (int i = 1; i <= warm; ++i) one(State::prepare, 1.12 * i / warm, 0.3, 0.4);
    const int sweep = 36 + r.random.between(0, 8);
    for (int i = 0; i < sweep; ++i) {
        const double speed = 1.12 - 0.42 * i / sweep;
        one(State::sweep, speed, 1 - 2.2 * (speed - 1) * (speed - 1), 0.9);
    }
    for (int i = 0; i < 5; ++i) one(State::settle, 0.94 + 0.012 * i, 0.97, 0.95);
    for (int i = 0; i < point_s; ++i) one(State::k100, 1, 0.985, 1.0);
    for (int i = 0; i < 6; ++i) one(State::settle, 1 - 0.033 * i, 0.93, 0.98);
    for (int i = 0; i < point_s; ++i) one(State::k80, 0.8, 0.9, 0.93);
}

void free_acceleration(Recorder& r) {
    const auto& v = *r.bench.on_line;
    const DieselState state = diesel_state(v, r.bench.mileage_km, r.random);
    const double idle = 650 + static_cast<double>(v.number % 5) * 20, high = v.model->rated_rpm * 1.08;
    const int purges = 2 + (r.bench.pace > 0.9 ? 1 : 0);
    for (int a = 1 - purges; a <= accelerations; ++a) {
        // Each peak a little unlike the last; the first ones blow out what lay in the pipe.
        const double peak = state.opacity_m1 * 1.05 * (1 + 0.05 * r.random.noise()) * (a < 1 ? 1.15 : 1.0);
        // The driver's foot: when, how quickly, how long; and how the smoke follows it.
        const int from = r.random.between(2, 5), held = r.random.between(3, 6), rest = r.random.between(6, 11);
        const double quick = r.random.within(1.0, 2.6), puff = r.random.within(0.25, 0.8),
                     fade = r.random.within(0.8, 2.6);
        for (int i = 0; i < from + held + rest; ++i) {
            const int pressed = i - from + 1, released = i - from - held + 1;
            const double rise = released > 0  ? std::max(0.0, 1 - released / (2.2 * quick))
                                : pressed > 0 ? std::min(1.0, pressed / (1.2 * quick))
                                              : 0;
            auto& row = r.second(a < 1       ? State::prepare
                                 : rise <= 0 ? State::idle
                                             : State::accelerate,
                                 idle + (high - idle) * rise);
            row.order = std::max(a, 0);
            const double shape = released > 0  ? puff * std::exp(-released / fade)
                                 : pressed > 0 ? std::min(1.0, puff + (1 - puff) * pressed / std::min(3.0, quick + 1))
                                               : 0.04;
            r.opacity(row, peak * shape * (1 + 0.12 * r.random.noise() * (shape < 1)) * (1 - r.bench.air_share));
        }
    }
}

}  // namespace imloop::sim
