// Made-up second-by-second traces of honest tests, by two makers that share no code but chance and rounding, and what a
// forger does to one. The same seeds give the same trace.
#pragma once

#include <cmath>
#include <numbers>
#include <string_view>

#include "loop/traces/trace.hpp"
#include "tests/sim/random.hpp"

namespace imloop::test {

enum class TraceMethod { two_speed_idle, asm_, vmas, lugdown, free_acceleration };
inline constexpr TraceMethod trace_methods[] = {TraceMethod::two_speed_idle, TraceMethod::asm_, TraceMethod::vmas,
                                                TraceMethod::lugdown, TraceMethod::free_acceleration};
std::string_view name_of(TraceMethod);

/// `vehicle` gives what stays from test to test (levels, dynamics, lags), `test` what does not (noise, the driver's
/// foot).
using TraceMaker = loop::traces::Trace (*)(TraceMethod, std::uint64_t vehicle, std::uint64_t test);

/// A plant: slow states of engine and catalyst (Ornstein-Uhlenbeck) drive the gases through first-order sensor lags.
loop::traces::Trace plant_trace(TraceMethod, std::uint64_t vehicle, std::uint64_t test);
/// Events: gases are sums of bumps that come by chance, seen through an averaging instrument that holds its samples.
loop::traces::Trace event_trace(TraceMethod, std::uint64_t vehicle, std::uint64_t test);

/// What a forger does to a trace before it is handed in again as another vehicle's. Readings are then rounded as the
/// instruments round.
struct Forgery {
    bool scaled = false;       ///< every gas by a factor of its own, 0.3 to 3
    bool offset = false;       ///< every gas by up to a fifth of its spread
    double noise = 0;          ///< of the reading, one standard deviation; every channel
    bool count_noise = false;  ///< of one step of the instrument, up or down
    int shift_s = 0;           ///< up to this, either way; another test's rows fill the gap
    double kept = 1;           ///< the part that is kept, of head, tail or middle
    bool gases_only = false;   ///< speed, revolutions and power are another test's
};
loop::traces::Trace forged(const loop::traces::Trace&, const Forgery&, const loop::traces::Trace& another,
                           std::uint64_t seed);

/// What the instrument shows: the step of the channel's last digit.
double step_of(std::string_view channel);
double rounded(double value, std::string_view channel);

/// Normal with mean 0 and deviation 1 (Box and Muller 1958).
inline double normal(sim::Random& random) {
    const double radius = std::sqrt(-2 * std::log(1 - random.unit()));
    return radius * std::cos(2 * std::numbers::pi * random.unit());
}

}  // namespace imloop::test
