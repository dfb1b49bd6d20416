#include "tests/sim/bench.hpp"

#include <algorithm>
#include <cmath>

namespace imloop::sim {

double asm_power_kw(double mass_kg, bool fast) { return mass_kg / (fast ? 185 : 148); }

Recorder::Recorder(Test& t, const Bench& b, Random& r)
    : bench(b), test(t), random(r), gain_(b.instrument->drift(t.started_at)) {
    test.rows.clear();
    test.has_obd_stream = b.obd_stream;
}

Row& Recorder::second(State state, double rpm, double speed_kmh) {
    wander_.foot = 0.92 * wander_.foot + 0.012 * random.noise();
    // Gears and tyres are each vehicle's own.
    const double gears = speed_kmh > 0 ? 0.88 + 0.24 * static_cast<double>(bench.on_line->number % 101) / 100 : 1;
    speed_kmh *= 1 + 0.3 * wander_.foot;
    Row row;
    row.state = state;
    row.rpm = std::round(rpm * gears * (1 + wander_.foot) + 12 * random.noise());
    row.speed_kmh = std::max(0.0, rounded(speed_kmh + (speed_kmh > 0 ? 0.12 * random.noise() : 0), 1));
    if (bench.obd_stream) {
        const double shown = test.rows.empty() ? row.rpm : 0.7 * row.rpm + 0.3 * test.rows.back().rpm;
        row.obd_rpm = std::round(shown + 6 * random.noise());
        row.obd_speed_kmh = std::round(std::max(0.0, speed_kmh * 1.01));
    }
    wander_.all = 0.85 * wander_.all + 0.018 * random.noise();
    for (double* own : {&wander_.co, &wander_.hc, &wander_.no}) *own = 0.9 * *own + 0.03 * random.noise();
    test.rows.push_back(row);
    return test.rows.back();
}

void Recorder::gas(Row& row, Mode mode, const Running& r, double load) {
    Running now = r;
    now.co_day *= 1 + wander_.co, now.hc_day *= 1 + wander_.hc, now.no_day *= 1 + wander_.no;
    Gas g = petrol_exhaust(*bench.on_line, mode, now, load * (1 + wander_.all + wander_.foot));
    if (bench.air_share > 0) g = diluted(g, std::min(0.95, bench.air_share * (1 + 3 * wander_.all)));
    const auto& i = *bench.instrument;
    const auto shown = [&](double value, double gain, double zero_noise, int decimals) {
        return std::max(0.0,
                        rounded(value * gain * (1 + 0.004 * random.noise()) + zero_noise * random.noise(), decimals));
    };
    const double scale = bench.scale * gain_;
    row.co_pct = shown(g.co_pct, i.co * scale, 0.004, 2);
    row.co2_pct = shown(g.co2_pct, i.co2 * gain_ * bench.scale_co2, 0.02, 2);
    row.o2_pct = shown(g.o2_pct, i.o2, 0.02, 2);
    row.hc_ppm = shown(g.hc_ppm, i.hc * scale, 1.2, 0);
    row.no_ppm = shown(g.no_ppm, i.no * scale, 2.5, 0);
    row.lambda = rounded(lambda_of({row.co_pct, row.co2_pct, row.o2_pct, row.hc_ppm, row.no_ppm}), 3);
}

void Recorder::opacity(Row& row, double m1) {
    row.opacity_m1 =
        std::max(0.0, rounded(m1 * bench.scale * bench.instrument->opacity * gain_ * (1 + wander_.all + wander_.hc) +
                                  0.008 * random.noise(),
                              2));
}

void Recorder::power(Row& row, double kw) {
    row.power_kw = rounded(std::max(0.0, kw * (1 + 0.4 * wander_.foot + 0.008 * random.noise())), 1);
    row.load_n = row.speed_kmh > 1 ? std::round(row.power_kw * 3600 / row.speed_kmh) : 0;
}

void measure(Test& t, const Bench& bench, Random& random) {
    Recorder recorder(t, bench, random);
    switch (t.method) {
        case Method::two_speed_idle:
            two_speed_idle(recorder);
            break;
        case Method::asm_:
            asm_test(recorder);
            break;
        case Method::vmas:
            vmas(recorder);
            break;
        case Method::lugdown:
            lugdown(recorder);
            break;
        case Method::free_acceleration:
            free_acceleration(recorder);
            break;
    }
    // Before the first second: belts, probe, plate; after the last: the report.
    const auto around = static_cast<loop::Moment>((25 + 40 * random.unit()) * bench.pace);
    t.ended_at = t.started_at + 1000 * (static_cast<loop::Moment>(t.rows.size()) + around);
}

}  // namespace imloop::sim
