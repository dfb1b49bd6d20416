// Which columns of a trace can tell one test from another, and how finely their instruments read. Left out are columns
// that follow from others (lambda, force, OBD copies), that hardly move within a test (temperatures, pressure), and the
// speed, which is the method's and not the vehicle's.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "loop/traces/trace.hpp"

namespace imloop::loop::traces {

struct Channel {
    std::string_view name;
    double step;  ///< of the last digit instruments show, in the column's unit
    bool slowed;  ///< by hose and sensor: what is quicker than some seconds is not there
    /// How much it counts beside the others. Gases are what a forger must change; engine speed and power may be the
    /// dirty vehicle's own, and follow the method most.
    double share;
    /// Agreement that honest tests of one method may have of themselves.
    double common;
};

inline constexpr std::array<Channel, 9> channels = {{{"co_pct", 0.01, true, 1, 0.5},
                                                     {"co2_pct", 0.01, true, 1, 0.5},
                                                     {"o2_pct", 0.01, true, 1, 0.5},
                                                     {"hc_ppm", 1, true, 1, 0.5},
                                                     {"no_ppm", 1, true, 1, 0.5},
                                                     {"nox_ppm", 1, true, 1, 0.5},
                                                     {"opacity_m1", 0.01, true, 1, 0.65},
                                                     {"rpm", 1, false, 0.5, 0.9},
                                                     {"power_kw", 0.1, false, 0.5, 0.9}}};

/// Part of a reading that a forger may add as noise unseen; what moves less is no evidence.
inline constexpr double noise_share = 0.015;

/// Variance of a reading of about `level` that carries no evidence: rounding, and noise of `noise_share`.
inline double floor_variance(const Channel& channel, double level) {
    const double noise = noise_share * level;
    return channel.step * channel.step / 6 + noise * noise;
}

/// Each channel's column; empty where the trace lacks it.
inline std::array<std::span<const double>, channels.size()> evidence_of(const Trace& trace) {
    std::array<std::span<const double>, channels.size()> out;
    for (std::size_t c = 0; c < channels.size(); ++c) out[c] = trace.column(channels[c].name);
    return out;
}

}  // namespace imloop::loop::traces
