#include "tests/sim/obd.hpp"

#include <algorithm>
#include <optional>

namespace imloop::sim {
namespace {

constexpr double km_a_warm_up = 14, km_a_trip = 9, km_to_ready = 180;

std::vector<std::string> monitors_of(const Vehicle& v) {
    if (!v.model->diesel) {
        std::vector<std::string> out = {"misfire",  "fuel_system",   "components",
                                        "catalyst", "oxygen_sensor", "oxygen_sensor_heater"};
        if (v.stage >= 5) out.insert(out.end(), {"evaporation", "vvt"});
        return out;
    }
    std::vector<std::string> out = {"misfire", "fuel_system", "components", "egr"};
    if (v.stage >= 5) out.insert(out.end(), {"doc", "scr", "dpf"});
    return out;
}

}  // namespace

std::optional<Obd> read_obd(const Vehicle& v, double mileage_km, Random& random) {
    if (v.stage < (v.model->diesel ? 4 : 3) || (v.stage == 3 && v.built < 2009)) return std::nullopt;
    // What is of the vehicle and not of the day.
    Random own(0x0BD, 7, v.number);
    Obd out;
    out.watches_exhaust = v.stage >= 5;
    out.communicates = !random.chance(0.006);
    if (!out.communicates) return out;
    out.protocol = v.model->protocol;
    out.cal_id = v.model->cal_id(v.stage, v.software_level);
    out.cvn = v.model->cvn(v.stage, v.software_level);
    if (v.model->reports_vin && v.stage >= 4) out.vin = v.vin;
    // A computer from the breaker's yard still knows its first car.
    if (!out.vin.empty() && own.chance(0.0001))
        out.vin = vin_with_check_digit(v.vin.substr(0, 11) + std::to_string(own.between(100'000, 999'999)));
    if (v.stage >= 5 || own.chance(0.4)) out.mileage_km = static_cast<int>(mileage_km);
    // Held at 1 by the sensor, which swings about it.
    Random of_model(0x0BD, 41, static_cast<std::uint64_t>(v.model - models().data()));
    Random today(0x0BD + v.number, 42, static_cast<std::uint64_t>(mileage_km));
    if (!v.model->diesel && v.stage >= 5 && of_model.chance(0.4)) out.lambda = 1 + 0.005 * today.noise();
    const double since_clear = std::max(0.0, mileage_km - v.cleared_at_km);
    out.cleared_distance_km = static_cast<int>(std::min(since_clear, 65'535.0));
    out.cleared_warm_ups = static_cast<int>(std::min(since_clear / km_a_warm_up, 255.0));
    for (const auto& monitor : monitors_of(v)) {
        const bool continuous = monitor == "misfire" || monitor == "fuel_system" || monitor == "components";
        const bool complete = continuous || since_clear > km_to_ready * own.within(0.3, 1.6);
        out.readiness.emplace_back(monitor, complete && !random.chance(0.004));
    }
    if (v.stage >= 5)
        for (const auto* monitor : {"catalyst", "oxygen_sensor", "dpf"}) {
            if (std::ranges::none_of(out.readiness, [&](const auto& r) { return r.first == monitor; })) continue;
            const double trips = mileage_km / km_a_trip * own.within(0.5, 1.0);
            const int denominator = static_cast<int>(std::min(trips / 4, 65'535.0));
            out.in_use.push_back({monitor, static_cast<int>(denominator * own.within(0.4, 0.99)), denominator});
        }
    for (const auto& d : v.defects) {
        // Whether the computer has seen it does not change from one test to the next.
        Random seen(0x0BD, 8 + static_cast<std::uint64_t>(d.kind - defect_kinds().data()), v.number);
        const double share = v.stage >= 6 ? 0.85 : v.stage == 5 ? 0.7 : 0.45;
        if (!*d.kind->dtc || !seen.chance(share) || since_clear < km_to_ready * 0.4) continue;
        out.dtcs.push_back(d.kind->dtc);
        if (v.stage >= 6) out.permanent_dtcs.push_back(d.kind->dtc);
        out.mil_on = true;
        out.mil_distance_km = static_cast<int>(std::min(since_clear * 0.6, 65'535.0) * seen.within(0.02, 1.0));
    }
    return out;
}

}  // namespace imloop::sim
