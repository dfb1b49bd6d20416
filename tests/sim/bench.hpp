// A vehicle on the bench: its seconds under the method, through instruments that drift, round and are sometimes
// cheated.
#pragma once

#include "tests/sim/exhaust.hpp"
#include "tests/sim/test.hpp"

namespace imloop::sim {

inline constexpr loop::Moment minute_ms = 60'000, hour_ms = 60 * minute_ms;

/// An analyser or opacimeter: gain of each channel at the last adjustment, and how it drifts from there.
struct Instrument {
    std::string id;
    double co = 1, co2 = 1, o2 = 1, hc = 1, no = 1, opacity = 1;
    double drift_a_day = 0;
    loop::Moment adjusted_at = 0;
    double drift(loop::Moment at) const {
        return 1 + drift_a_day * static_cast<double>(at - adjusted_at) / loop::day_ms;
    }
};

/// Under what conditions the seconds are measured. Whatever is not as it should be is a cheat's doing.
struct Bench {
    const Vehicle* on_line = nullptr;  ///< the one whose exhaust it is
    const Instrument* instrument = nullptr;
    double mileage_km = 0;
    double air_share = 0;  ///< drawn in beside the exhaust
    double scale = 1;      ///< of CO, HC, NO and opacity, in the board
    double scale_co2 = 1;
    bool both_asm_modes = true;  ///< software that never ends after the first
    double pace = 1;             ///< of the operator: below 1 hurries
    bool obd_stream = false;
};

/// Fills `rows`, and `ended_at` from `started_at`.
void measure(Test&, const Bench&, Random&);
/// Mass over 148 or 185, as GB 18285-2018 loads the rollers.
double asm_power_kw(double mass_kg, bool fast);

/// For the methods: instruments' noise, a drift of the vehicle from second to second, rounding.
class Recorder {
public:
    Recorder(Test&, const Bench&, Random&);
    Row& second(State, double rpm, double speed_kmh = 0);
    void gas(Row&, Mode, const Running&, double load = 1);
    void opacity(Row&, double m1);
    void power(Row&, double kw);
    double no_wander() const { return wander_.no; }
    const Bench& bench;
    Test& test;
    Random& random;

private:
    /// Of the engine, of CO, HC and NO by themselves, and of the driver's foot: slow, and of every test its own.
    struct {
        double all = 0, co = 0, hc = 0, no = 0, foot = 0;
    } wander_;
    double gain_ = 1;
};

void two_speed_idle(Recorder&);
void asm_test(Recorder&);
void vmas(Recorder&);
void lugdown(Recorder&);
void free_acceleration(Recorder&);

}  // namespace imloop::sim
