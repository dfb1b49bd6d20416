// Rollers: power is force times speed.
#pragma once

namespace imloop::loop::physics {

/// `load_n` at the rollers' surface.
constexpr double roller_power_kw(double load_n, double speed_kmh) { return load_n * speed_kmh / 3600; }

}  // namespace imloop::loop::physics
