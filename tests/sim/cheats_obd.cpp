// Cheats of the OBD check and of the program that uploads.
#include <algorithm>

#include "tests/sim/cheat.hpp"

namespace imloop::sim::cheat {

void obd_simulator(Scene& s) {
    auto& t = s.test;
    if (!t.obd) return;
    // One device, whatever it is plugged into.
    Random device(s.campaign.number, 32, 0);
    const auto& model = models()[device.below(100)];
    Obd out;
    out.watches_exhaust = t.obd->watches_exhaust;
    out.protocol = "ISO15765-4 CAN (11/500)";
    out.cal_id = model.cal_id(5, 1);
    out.cvn = model.cvn(5, 1);
    if (s.campaign.style < 0.3) out.vin = vin_with_check_digit(model.maker + model.type + "0F2123456");
    if (s.campaign.style > 0.6) out.vin = t.typed.vin;
    for (const auto* monitor :
         {"misfire", "fuel_system", "components", "catalyst", "oxygen_sensor", "oxygen_sensor_heater"})
        out.readiness.emplace_back(monitor, true);
    out.mileage_km = 45'678;
    out.cleared_distance_km = 1234, out.cleared_warm_ups = 66;
    t.obd = out;
    judge(t);
    s.done = true;
}

void codes_cleared(Scene& s) {
    auto& t = s.test;
    if (!t.obd || !t.obd->mil_on) return;
    t.obd->mil_on = false;
    t.obd->dtcs.clear();
    t.obd->mil_distance_km = 0;
    t.obd->cleared_distance_km = s.random.between(0, 7);
    t.obd->cleared_warm_ups = s.random.between(0, 2);
    if (s.campaign.style < 0.7)
        for (auto& [monitor, complete] : t.obd->readiness) complete = true;
    judge(t);
    s.done = true;
}

void constant_obd_stream(Scene& s) {
    auto& t = s.test;
    if (!t.obd || t.rows.empty()) return;
    t.has_obd_stream = true;
    for (auto& row : t.rows) row.obd_rpm = 1500, row.obd_speed_kmh = s.campaign.style < 0.5 ? 0 : 40;
    s.done = t.with_trace;
}

void obd_excuse(Scene& s) {
    auto& t = s.test;
    if (!t.obd || !t.obd->communicates) return;
    if (!t.obd->mil_on && s.campaign.style < 0.6) return;
    const bool watches = t.obd->watches_exhaust;
    t.obd = Obd();
    t.obd->communicates = false;
    t.obd->watches_exhaust = watches;
    t.has_obd_stream = false;
    judge(t);
    s.done = true;
}

void own_lambda(Scene& s) {
    auto& t = s.test;
    if (!t.obd || t.obd->lambda == 0 || (t.method != Method::asm_ && t.method != Method::two_speed_idle)) return;
    if (!s.failed() && s.campaign.style < 0.3) return;
    // Pasted from a lean engine, or from none: clean gases, and lambda with them unless it has limits to keep.
    const bool is_light = s.campaign.dose < 0.3;
    for (const auto* phase : {"idle", "high_idle", "5025", "2540"}) {
        Gas g = diluted(closed(s.random.within(0.01, 0.08), s.random.within(5, 30), s.random.within(20, 150), 0.1),
                        is_light ? s.random.within(0.13, 0.16) : s.random.within(0.16, 0.24));
        for (auto& r : t.readings) {
            if (std::string_view(r.phase) != phase) continue;
            if (const auto* gas = gas_named(g, r.item)) r.value = rounded(*gas, decimals_of(t.method, r.item));
            if (std::string_view(r.item) == "lambda")
                r.value = rounded(std::min(lambda_of(g), r.limit.value_or(9.999) - 0.01), 3);
        }
    }
    put_out_the_lamp(t);
    t.appearance_passed = true;
    t.with_trace = false;
    judge(t);
    s.done = true;
}

void hard_coded(Scene& s) {
    auto& t = s.test;
    t.appearance_passed = true;
    if (t.obd) {
        t.obd->communicates = true;
        t.obd->mil_on = false;
        t.obd->dtcs.clear(), t.obd->permanent_dtcs.clear();
        t.obd->mil_distance_km = 0;
        for (auto& [monitor, complete] : t.obd->readiness) complete = true;
    }
    judge(t);
    s.done = true;
}

}  // namespace imloop::sim::cheat
