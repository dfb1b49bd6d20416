#include <fmt/format.h>

#include "tests/sim/test.hpp"

namespace imloop::sim {
namespace {

constexpr const char* states[] = {"prepare",   "settle", "hold", "stable", "test",       "idle",
                                  "high_idle", "sweep",  "k100", "k80",    "accelerate", "cycle"};

}  // namespace

std::string trace_csv(const Test& t) {
    const bool diesel = t.method == Method::lugdown || t.method == Method::free_acceleration;
    const bool rolls = t.method != Method::two_speed_idle && t.method != Method::free_acceleration;
    std::string out = "time_s,state";
    if (!diesel) out += ",co_pct,co2_pct,o2_pct,hc_ppm,no_ppm,lambda";
    if (diesel) out += ",opacity_m1";
    if (t.method == Method::lugdown) out += ",nox_ppm";
    out += ",rpm";
    if (rolls) out += ",speed_kmh,power_kw,load_n";
    if (t.method == Method::vmas) out += ",exhaust_flow_lps";
    if (t.method == Method::free_acceleration) out += ",order";
    out += ",temperature_c,humidity_pct,pressure_kpa";
    if (t.has_obd_stream) out += ",obd_rpm,obd_speed_kmh";
    out += '\n';
    auto to = std::back_inserter(out);
    for (std::size_t i = 0; i < t.rows.size(); ++i) {
        const auto& r = t.rows[i];
        fmt::format_to(to, "{},{}", i, states[static_cast<int>(r.state)]);
        if (!diesel)
            fmt::format_to(to, ",{:.2f},{:.2f},{:.2f},{:.0f},{:.0f},{:.3f}", r.co_pct, r.co2_pct, r.o2_pct, r.hc_ppm,
                           r.no_ppm, r.lambda);
        if (diesel) fmt::format_to(to, ",{:.2f}", r.opacity_m1);
        if (t.method == Method::lugdown) fmt::format_to(to, ",{:.0f}", r.nox_ppm);
        fmt::format_to(to, ",{:.0f}", r.rpm);
        if (rolls) fmt::format_to(to, ",{:.1f},{:.1f},{:.0f}", r.speed_kmh, r.power_kw, r.load_n);
        if (t.method == Method::vmas) fmt::format_to(to, ",{:.1f}", r.flow_lps);
        if (t.method == Method::free_acceleration) fmt::format_to(to, ",{}", r.order);
        fmt::format_to(to, ",{:.1f},{:.1f},{:.1f}", t.environment.temperature_c, t.environment.humidity_pct,
                       t.environment.pressure_kpa);
        if (t.has_obd_stream) fmt::format_to(to, ",{:.0f},{:.0f}", r.obd_rpm, r.obd_speed_kmh);
        out += '\n';
    }
    return out;
}

}  // namespace imloop::sim
