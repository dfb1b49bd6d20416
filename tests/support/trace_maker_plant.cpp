#include <algorithm>
#include <array>

#include "tests/support/trace_makers.hpp"

namespace imloop::test {
namespace {

using loop::traces::State;
using loop::traces::Trace;

/// Ornstein-Uhlenbeck with deviation 1, one second a step.
class Drift {
public:
    Drift(double time_s, sim::Random& random) : keep_(std::exp(-1 / time_s)), random_(random), value_(normal(random)) {}
    double next() { return value_ = keep_ * value_ + std::sqrt(1 - keep_ * keep_) * normal(random_); }

private:
    double keep_;
    sim::Random& random_;
    double value_;
};

/// First-order lag.
class Lag {
public:
    explicit Lag(double time_s) : gain_(1 - std::exp(-1 / time_s)) {}
    double operator()(double in) {
        if (!started_) value_ = in;
        started_ = true;
        return value_ += gain_ * (in - value_);
    }

private:
    double gain_, value_ = 0;
    bool started_ = false;
};

/// What the protocol asks for in one second.
struct Asked {
    State state;
    double speed_kmh, rpm, load;  ///< load from 0 to 1
};

double ramp(double t, double from, double to, double low, double high) {
    return low + (high - low) * std::clamp((t - from) / (to - from), 0.0, 1.0);
}

/// Speeds of a driving cycle of three humps, at the second where each stretch ends.
double cycle_speed(double t) {
    constexpr std::array<std::array<double, 2>, 16> ends = {{{11, 0},
                                                             {15, 15},
                                                             {23, 15},
                                                             {28, 0},
                                                             {49, 0},
                                                             {61, 32},
                                                             {85, 32},
                                                             {96, 0},
                                                             {117, 0},
                                                             {143, 50},
                                                             {155, 50},
                                                             {163, 35},
                                                             {176, 35},
                                                             {188, 0},
                                                             {195, 0},
                                                             {400, 0}}};
    double from = 0, speed = 0;
    for (const auto& [end, at_end] : ends) {
        if (t < end) return ramp(t, from, end, speed, at_end);
        from = end;
        speed = at_end;
    }
    return 0;
}

int rows_of(TraceMethod method) {
    constexpr int rows[] = {90, 90, 195, 131, 135};
    return rows[static_cast<std::size_t>(method)];
}

/// How this driver does what the screen asks for: `late` in seconds, now; `height` of what the foot does to full
/// throttle.
Asked asked(TraceMethod method, double t, double late, double height, double ratio) {
    const double at = t - late;
    switch (method) {
        case TraceMethod::two_speed_idle:
            return {at < 45 ? State::high_idle : State::idle, 0, ramp(at, 45, 47, 2500, 760), at < 45 ? 0.25 : 0.05};
        case TraceMethod::asm_:
            return {t < 10 ? State::hold : t < 20 ? State::stable : State::test, 25, 1640 * ratio, 0.4};
        case TraceMethod::vmas: {
            const double speed = cycle_speed(at), rise = speed - cycle_speed(at - 1);
            const double gear = speed < 15 ? 110 : speed < 35 ? 60 : 42;
            return {State::cycle, speed, std::max(780.0, speed * gear * ratio),
                    std::clamp(0.08 + 0.006 * speed + 0.25 * rise, 0.02, 1.0)};
        }
        case TraceMethod::lugdown: {
            if (at < 25)
                return {State::sweep, ramp(at, 0, 12, 70, 98) - ramp(at, 13, 24, 0, 32),
                        (ramp(at, 0, 12, 2150, 3080) - ramp(at, 13, 24, 0, 850)) * ratio, ramp(at, 0, 18, 0.15, 1)};
            if (at < 40) return {State::k100, 87, 2714 * ratio, 0.75};
            if (at < 68) return {State::k80, 70, 2178 * ratio, 0.8};
            const double speed = std::max(0.0, 69 - 1.15 * (at - 68));
            return {State::unknown, speed, std::max(830.0, speed > 58 ? 2100 * ratio : 890.0), 0.03};
        }
        case TraceMethod::free_acceleration: {
            const double in = std::fmod(std::max(0.0, at), 19.5), top = 3000 * ratio * height;
            const bool pressed = in > 6 && in < 13;
            return {State::test, 0,
                    pressed ? ramp(in, 6, 8.5 + 20 * (1 - height), 830, top) : ramp(in, 13, 15.5, top, 830),
                    pressed ? 0.7 : 0.05};
        }
    }
    return {};
}

/// What stays with a vehicle.
struct Vehicle {
    explicit Vehicle(std::uint64_t seed) : random(seed * 2 + 1) {
        for (auto& level : levels) level = normal(random);
        for (auto& row : loadings)
            for (auto& one : row) one = normal(random);
        for (auto& lag : lags_s) lag = 1.5 + 3 * random.unit();
        ratio = 0.85 + 0.3 * random.unit();
        hunting_s = 6 + 14 * random.unit();
        hunting_rpm = 4 + 12 * random.unit();
        power_kw = 40 + 60 * random.unit();
    }
    sim::Random random;
    std::array<double, 5> levels{};                   ///< of co, hc, no, o2, opacity, in deviations of the fleet's
    std::array<std::array<double, 4>, 5> loadings{};  ///< of each on load and the three drifts
    std::array<double, 5> lags_s{};
    double ratio, hunting_s, hunting_rpm, power_kw;
};

constexpr std::array<double, 5> fleet_levels = {-2.7, 2.8, 5.2, -0.9, -1.6};  // logarithms of %, ppm, ppm, %, 1/m

}  // namespace

Trace plant_trace(TraceMethod method, std::uint64_t vehicle_seed, std::uint64_t test_seed) {
    const Vehicle vehicle(vehicle_seed);
    sim::Random random(test_seed * 2);
    const bool diesel = method == TraceMethod::lugdown || method == TraceMethod::free_acceleration;
    const bool rollers = method != TraceMethod::two_speed_idle && method != TraceMethod::free_acceleration;
    Drift slow(25, random), middle(10, random), quick(4, random), foot(5, random), delay(9, random),
        strength(10, random);
    const auto& l = vehicle.lags_s;
    std::array<Lag, 5> lags = {Lag(l[0]), Lag(l[1]), Lag(l[2]), Lag(l[3]), Lag(l[4])};
    Lag engine(1.2), probe(2 + random.unit()), of_co2(l[0]);
    const double late = 1.5 * normal(random), phase = 6.28 * random.unit(), day = 0.2 * normal(random);
    Trace out;
    std::vector<std::string> names = diesel
                                         ? std::vector<std::string>{"opacity_m1"}
                                         : std::vector<std::string>{"co_pct", "co2_pct", "o2_pct", "hc_ppm", "no_ppm"};
    if (method == TraceMethod::lugdown) names.emplace_back("nox_ppm");
    names.emplace_back("rpm");
    if (rollers) names.insert(names.end(), {"speed_kmh", "power_kw"});
    for (const auto& name : names) out.columns.push_back({name, {}});
    probe(method == TraceMethod::two_speed_idle ? 0.5 : 1);
    for (int t = 0; t < rows_of(method); ++t) {
        const double height = 1 - 0.06 * std::abs(strength.next());
        const auto ask = asked(method, t, late + delay.next(), height, vehicle.ratio);
        const double pedal = foot.next(), hunt = std::sin(6.28 * t / vehicle.hunting_s + phase);
        const double load = ask.load * (1 + 0.12 * pedal);
        const std::array<double, 4> drivers = {load, slow.next(), middle.next(), quick.next()};
        std::array<double, 5> gas{};
        for (std::size_t g = 0; g < gas.size(); ++g) {
            const auto& by = vehicle.loadings[g];
            const double swing = 0.8 * (1 + 0.4 * by[0]) * (drivers[0] - 0.4) + 0.12 * by[1] * drivers[1] +
                                 0.15 * by[2] * drivers[2] + 0.12 * by[3] * drivers[3] + 0.08 * drivers[2];
            gas[g] =
                lags[g](std::exp(fleet_levels[g] + 0.7 * vehicle.levels[g] + day + (g == 3 ? -swing : 1.4 * swing)));
        }
        const double air = 1 - probe(1);
        const double co2 = of_co2(15.4 - 0.72 * gas[3] - 0.45 * gas[0] + 0.05 * drivers[1]) * (1 - air);
        const double rpm = engine(ask.rpm) + vehicle.hunting_rpm * hunt + 0.007 * ask.rpm * pedal + 3 * normal(random);
        const double speed = std::max(0.0, ask.speed_kmh + (ask.speed_kmh > 0 ? 0.25 * pedal : 0.0));
        out.time_s.push_back(t);
        out.state.push_back(ask.state);
        for (auto& column : out.columns) {
            const auto& n = column.name;
            const double value = n == "co_pct"       ? gas[0] * (1 - air)
                                 : n == "co2_pct"    ? co2
                                 : n == "o2_pct"     ? gas[3] * (1 - air) + 20.9 * air
                                 : n == "hc_ppm"     ? gas[1]
                                 : n == "no_ppm"     ? gas[2]
                                 : n == "nox_ppm"    ? 2 * gas[2]
                                 : n == "opacity_m1" ? gas[4]
                                 : n == "rpm"        ? rpm
                                 : n == "speed_kmh"
                                     ? speed
                                     : (method == TraceMethod::asm_ ? 7 : vehicle.power_kw * load) * (1 + 0.01 * pedal);
            column.values.push_back(std::max(0.0, rounded(value, n)));
        }
    }
    return out;
}

}  // namespace imloop::test
