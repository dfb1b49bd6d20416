#include <algorithm>
#include <deque>
#include <string>

#include "tests/support/trace_makers.hpp"

namespace imloop::test {
namespace {

using loop::traces::State;
using loop::traces::Trace;
using Series = std::vector<double>;

/// A puff of exhaust as the analyser sees it: rises fast, falls slowly.
struct Puff {
    double at, height, rise, fall;
    double operator()(double t) const {
        return t < at ? 0 : height * (1 - std::exp(-(t - at) / rise)) * std::exp(-(t - at) / fall);
    }
};

/// What the method does by itself, as steps in time: the driver reaches each a little early or late.
struct Step {
    double at, speed, rpm, demand;
    State state;
};

std::vector<Step> steps_of(TraceMethod method) {
    switch (method) {
        case TraceMethod::two_speed_idle:
            return {
                {0, 0, 2500, 0.3, State::high_idle}, {47, 0, 800, 0.1, State::idle}, {96, 0, 800, 0.1, State::idle}};
        case TraceMethod::asm_:
            return {{0, 24, 1700, 0.5, State::hold},
                    {8, 25, 1700, 0.5, State::stable},
                    {20, 25, 1700, 0.5, State::test},
                    {92, 25, 1700, 0.5, State::test}};
        case TraceMethod::vmas: {
            std::vector<Step> out = {{0, 0, 800, 0.1, State::cycle}};
            constexpr double stops[][3] = {{11, 15, 15},   {23, 0, 28},    {49, 32, 61}, {85, 0, 96},
                                           {117, 50, 143}, {155, 35, 163}, {176, 0, 188}};
            for (const auto& [from, speed, to] : stops) {
                out.push_back({from, out.back().speed, out.back().rpm, out.back().demand, State::cycle});
                out.push_back({from + 0.3, out.back().speed, out.back().rpm, speed > out.back().speed ? 0.9 : 0.05,
                               State::cycle});
                out.push_back({to, speed, speed > 0 ? 1400 + 14 * speed : 800, out.back().demand, State::cycle});
                out.push_back({to + 0.3, speed, out.back().rpm, 0.1 + speed / 120, State::cycle});
            }
            out.push_back({195, 0, 800, 0.1, State::cycle});
            return out;
        }
        case TraceMethod::lugdown:
            return {{0, 68, 2000, 0.3, State::sweep},  {14, 96, 2900, 1, State::sweep},
                    {28, 60, 1900, 1, State::sweep},   {32, 84, 2600, 0.8, State::k100},
                    {46, 84, 2600, 0.8, State::k100},  {50, 67, 2100, 0.9, State::k80},
                    {70, 67, 2100, 0.9, State::k80},   {76, 50, 900, 0.1, State::unknown},
                    {125, 0, 800, 0.1, State::unknown}};
        case TraceMethod::free_acceleration: {
            std::vector<Step> out;
            for (double at = 0; at < 115; at += 18) {
                out.push_back({at, 0, 800, 0.1, State::test});
                out.push_back({at + 6, 0, 800, 0.1, State::test});
                out.push_back({at + 8, 0, 2600, 1, State::test});
                out.push_back({at + 13, 0, 3000, 0.9, State::test});
                out.push_back({at + 15, 0, 900, 0.05, State::test});
            }
            return out;
        }
    }
    return {};
}

Step between(const std::vector<Step>& steps, double t) {
    std::size_t i = 1;
    while (i + 1 < steps.size() && steps[i].at < t) ++i;
    const auto &a = steps[i - 1], &b = steps[i];
    const double part = std::clamp((t - a.at) / std::max(0.1, b.at - a.at), 0.0, 1.0);
    return {t, a.speed + part * (b.speed - a.speed), a.rpm + part * (b.rpm - a.rpm),
            a.demand + part * (b.demand - a.demand), a.state};
}

/// Corrections of a foot that waits, then moves: straight stretches between points at random distances.
Series foot_of(std::size_t rows, sim::Random& random) {
    Series out;
    double from = 0.6 * normal(random), to = from;
    for (int left = 0, length = 1; out.size() < rows; --left) {
        if (left == 0) {
            from = to;
            to = random.chance(0.4) ? from : 0.3 * from + 0.9 * normal(random);
            left = length = random.between(2, 9);
        }
        out.push_back(to - (to - from) * left / length);
    }
    return out;
}

/// Puffs at each rise of demand, which every such test has, and others that come by chance.
std::vector<Puff> puffs_of(const Series& demand, double reaction, double wildness, sim::Random& random) {
    std::vector<Puff> out;
    for (std::size_t t = 0; t < demand.size(); ++t) {
        const double rise = t == 0 ? 0.2 : demand[t] - demand[t - 1];
        if (rise > 0.15)
            out.push_back({static_cast<double>(t) + 2 + random.unit(), reaction * rise * (0.7 + 0.6 * random.unit()),
                           1 + random.unit(), 3 + 3 * random.unit()});
        if (random.chance(0.11))
            out.push_back({static_cast<double>(t) + random.unit(), wildness * -std::log(1 - random.unit()),
                           0.5 + 2.5 * random.unit(), 1.5 + 6 * random.unit()});
    }
    return out;
}

/// Mean of the last `width` values, renewed every `hold` seconds.
Series shown(const Series& in, std::size_t width, std::size_t hold) {
    Series out;
    std::deque<double> last;
    double sum = 0;
    for (std::size_t t = 0; t < in.size(); ++t) {
        last.push_back(in[t]);
        sum += in[t];
        if (last.size() > width) {
            sum -= last.front();
            last.pop_front();
        }
        out.push_back(t % hold == 0 || out.empty() ? sum / static_cast<double>(last.size()) : out.back());
    }
    return out;
}

void add(Trace& out, const char* name, Series values) {
    for (auto& value : values) value = std::max(0.0, rounded(value, name));
    out.columns.push_back({name, std::move(values)});
}

}  // namespace

Trace event_trace(TraceMethod method, std::uint64_t vehicle_seed, std::uint64_t test_seed) {
    sim::Random vehicle(vehicle_seed * 3 + 2), test(test_seed * 3 + 1);
    const bool diesel = method == TraceMethod::lugdown || method == TraceMethod::free_acceleration;
    const bool rollers = method != TraceMethod::two_speed_idle && method != TraceMethod::free_acceleration;
    auto steps = steps_of(method);
    for (auto& step : steps) step.at += 0.8 * normal(test);
    std::ranges::sort(steps, {}, &Step::at);
    const auto rows = static_cast<std::size_t>(steps.back().at) - static_cast<std::size_t>(test.below(4));
    const auto foot = foot_of(rows, test);
    const double gearing = 0.8 + 0.4 * vehicle.unit(), rated_kw = 35 + 80 * vehicle.unit(),
                 period_s = 3.5 + 8 * vehicle.unit(), sway_rpm = 3 + 15 * vehicle.unit();
    Trace out;
    Series demand, rpm, speed, power;
    for (std::size_t t = 0; t < rows; ++t) {
        const auto now = between(steps, static_cast<double>(t));
        out.time_s.push_back(static_cast<double>(t));
        out.state.push_back(now.state);
        demand.push_back(now.demand);
        // A controller that swings between two bounds: a saw.
        const double saw = 2 * std::abs(std::fmod(static_cast<double>(t) / period_s + 1000, 2.0) - 1) - 1;
        rpm.push_back(now.rpm * (now.rpm > 1000 ? gearing : 1) * (1 + 0.008 * foot[t]) + sway_rpm * saw +
                      4 * normal(test));
        speed.push_back(now.speed > 0 ? now.speed + 0.3 * foot[t] : 0);
        power.push_back(std::max(0.0, rated_kw * now.demand * (1 + 0.02 * foot[t])));
    }
    const auto width = static_cast<std::size_t>(vehicle.between(2, 5));
    const auto hold = static_cast<std::size_t>(vehicle.between(1, 2));
    const auto gas = [&](double level, double spread, double share) {
        const double own = level * std::exp(spread * normal(vehicle)), reaction = own * share * (0.5 + vehicle.unit());
        const auto puffs = puffs_of(demand, reaction, own * share * 0.8, test);
        Series values;
        double walk = 0;
        const double day = std::exp(0.15 * normal(test));
        for (std::size_t t = 0; t < rows; ++t) {
            walk = 0.985 * walk + 0.02 * own * normal(test);
            double value = own + walk;
            for (const auto& puff : puffs) value += puff(static_cast<double>(t));
            values.push_back(std::max(0.0, value * day));
        }
        return shown(values, width, hold);
    };
    if (diesel) {
        add(out, "opacity_m1", gas(0.25, 0.7, 0.8));
        if (method == TraceMethod::lugdown) add(out, "nox_ppm", gas(350, 0.4, 0.5));
    } else {
        const auto co = gas(0.08, 0.8, 0.9), o2 = gas(0.5, 0.6, 0.6);
        Series co2;
        for (std::size_t t = 0; t < rows; ++t)
            co2.push_back(15.2 - 0.6 * o2[t] - 0.5 * co[t] - 5 * std::exp(-static_cast<double>(t) / 2.5));
        add(out, "co_pct", co);
        add(out, "co2_pct", co2);
        add(out, "o2_pct", o2);
        add(out, "hc_ppm", gas(18, 0.7, 0.6));
        add(out, "no_ppm", gas(160, 0.7, 0.8));
    }
    add(out, "rpm", rpm);
    if (rollers) {
        add(out, "speed_kmh", speed);
        add(out, "power_kw", method == TraceMethod::asm_ ? Series(rows, 7.1) : power);
    }
    return out;
}

}  // namespace imloop::test
