// One emission test: who and what, its seconds, its readings. `summarise` and `judge` are the method's own rules, so
// that whatever the seconds say, the readings follow from them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/sim/fleet.hpp"
#include "tests/sim/obd.hpp"
#include "tests/sim/prefecture.hpp"

namespace imloop::sim {

enum class Method { two_speed_idle, asm_, vmas, free_acceleration, lugdown };
const char* code_of(Method);

enum class State : unsigned char {
    prepare,
    settle,
    hold,
    stable,
    test,
    idle,
    high_idle,
    sweep,
    k100,
    k80,
    accelerate,
    cycle
};

/// One second, as the instruments show it.
struct Row {
    State state = State::prepare;
    int order = 0;  ///< of a free acceleration, from 1
    double co_pct = 0, co2_pct = 0, o2_pct = 0, hc_ppm = 0, no_ppm = 0, lambda = 0;
    double opacity_m1 = 0, nox_ppm = 0;
    double rpm = 0, speed_kmh = 0, power_kw = 0, load_n = 0, flow_lps = 0;
    double obd_rpm = 0, obd_speed_kmh = 0;
};

struct Reading {
    const char* item;
    const char* phase;
    double value;
    std::optional<double> limit, limit_low;  ///< of power the limit is the lower one
    bool passed = true;
};

/// What the operator typed of the vehicle.
struct Typed {
    std::string vin, plate, stage, fuel, vehicle_class;
    loop::Day registered_on = 0;
    double mass_kg = 0, rated_power_kw = 0;
};

struct Test {
    const Vehicle* vehicle = nullptr;
    Typed typed;
    std::string record_id, station, line, inspector, report_no, reason, retest_of;
    int attempt = 1;
    Method method{};
    loop::Moment started_at = 0, ended_at = 0;
    loop::Moment written_at = 0;  ///< when the record went into the journal
    Weather environment{};
    std::optional<Obd> obd;
    std::vector<Row> rows;
    bool has_obd_stream = false;
    std::vector<Reading> readings;
    std::string verdict;
    std::vector<std::string> failed_items;
    std::string analyser_id, dynamometer_id, software_version;
    loop::Moment calibrated_at = 0;
    bool appearance_passed = true;
    bool with_trace = false;  ///< its seconds are handed in
    bool takes_line = true;   ///< else it was written while the line did something else
    // How its record comes: so much later than it might, or after one that was voided or refused.
    loop::Moment late_ms = 0;
    bool voided_before = false, refused_before = false;
};

/// Readings from the windows of `rows`.
void summarise(Test&);
/// Limits (a of GB 18285-2018 and GB 3847-2018), passed flags, verdict and failed items.
void judge(Test&);
double limit_of(Method, std::string_view item, std::string_view phase, double rated_power_kw);
const char* unit_of(Method, std::string_view item);
int decimals_of(Method, std::string_view item);
double rounded(double value, int decimals);

/// `time_s,state,…`: the columns the method has.
std::string trace_csv(const Test&);

}  // namespace imloop::sim
