// Cheats at the bench: the gas, the board, the car, the numbers.
#include <algorithm>
#include <cmath>

#include "tests/sim/cheat.hpp"

namespace imloop::sim {

void Scene::measure_again() {
    measure(test, bench, random);
    conclude();
}

void Scene::conclude() {
    summarise(test);
    judge(test);
}

namespace cheat {
namespace {

constexpr double heavy = 0.3;  ///< a dose from here on

/// Pollutants of the seconds times a factor; lambda follows, as the analyser would compute it.
void scale_seconds(Test& t, std::string_view item, double factor) {
    for (auto& row : t.rows) {
        if (item == "co") row.co_pct = rounded(row.co_pct * factor, 2);
        if (item == "hc") row.hc_ppm = std::round(row.hc_ppm * factor);
        if (item == "no" || item == "nox")
            row.no_ppm = std::round(row.no_ppm * factor), row.nox_ppm = std::round(row.nox_ppm * factor);
        if (item == "opacity") row.opacity_m1 = rounded(row.opacity_m1 * factor, 2);
        if (item == "power")
            row.power_kw = rounded(row.power_kw * factor, 1), row.load_n = std::round(row.load_n * factor);
        if (row.co2_pct > 0)
            row.lambda = rounded(lambda_of({row.co_pct, row.co2_pct, row.o2_pct, row.hc_ppm, row.no_ppm}), 3);
    }
}

}  // namespace

void put_out_the_lamp(Test& t) {
    if (!t.obd || !t.obd->mil_on) return;
    t.obd->mil_on = false;
    t.obd->dtcs.clear(), t.obd->permanent_dtcs.clear();
    t.obd->mil_distance_km = 0;
}

void redraw(Scene& s, double low, double high, bool with_seconds) {
    auto& t = s.test;
    t.appearance_passed = true;
    put_out_the_lamp(t);
    for (std::size_t i = 0; i < t.readings.size(); ++i) {
        const Reading r = t.readings[i];
        if (r.passed) continue;
        const double share = s.random.within(low, high);
        const std::string_view item = r.item;
        double want = item == "power" ? *r.limit / share : *r.limit * share;
        if (item == "lambda") want = s.random.within(0.97, 1.03);
        if (with_seconds && r.value > 0 && item != "lambda") {
            scale_seconds(t, item, want / r.value);
        } else {
            t.readings[i].value = rounded(want, decimals_of(t.method, item));
        }
    }
    if (with_seconds) summarise(t);
    if (t.method == Method::free_acceleration && !with_seconds)
        for (auto& r : t.readings) r.value = rounded(std::min(r.value, 1.2 * s.random.within(low, high)), 2);
    judge(t);
    // Scaling seconds can leave one a shade above.
    for (auto& r : t.readings)
        if (!r.passed && r.limit) r.value = std::string_view(r.item) == "lambda" ? 1.01 : *r.limit;
    judge(t);
}

void leak(Scene& s) {
    if (!s.failed() && s.campaign.style < 0.6) return;
    s.bench.air_share = s.campaign.dose < heavy ? s.random.within(0.15, 0.35) : s.random.within(0.3, 0.65);
    s.measure_again();
    if (s.failed() && s.campaign.style > 0.3) put_out_the_lamp(s.test), judge(s.test);
    // Masses a kilometre and smoke hold no carbon that could be missing; the seconds of the cycle do.
    const auto method = s.test.method;
    s.shows =
        method == Method::two_speed_idle || method == Method::asm_ || (method == Method::vmas && s.test.with_trace);
    s.done = true;
}

void scaling_board(Scene& s) {
    s.bench.scale = 1 - 0.75 * s.campaign.dose;
    if (s.campaign.style > 0.7) s.bench.scale_co2 = s.bench.scale;
    s.measure_again();
    s.done = true;
}

void flip(Scene& s) {
    if (!s.failed()) return;
    redraw(s, 0.45, 0.98, s.campaign.style > 0.6);
    s.done = true;
}

void bunching(Scene& s) {
    if (!s.failed()) return;
    redraw(s, 0.93, 0.999, s.campaign.style > 0.5);
    s.done = true;
}

void replay(Scene& s) {
    if (!s.failed() && s.campaign.style < 0.5) return;
    std::vector<const Test*> donors;
    for (const auto& past : s.station.past)
        if (past.method == s.test.method && past.vehicle != s.test.vehicle) donors.push_back(&past);
    if (donors.empty()) return;
    const auto& donor = *s.random.pick(donors);
    auto& t = s.test;
    t.rows = donor.rows;
    t.has_obd_stream = donor.has_obd_stream;
    t.with_trace = donor.with_trace;  // what is replayed is what is handed in
    t.ended_at = t.started_at + (donor.ended_at - donor.started_at);
    switch (static_cast<int>(s.campaign.style * 997) % 5) {
        case 0:  // as it was
            break;
        case 1: {  // scaled
            for (const auto* item : {"co", "hc", "no", "opacity"}) scale_seconds(t, item, s.random.within(0.9, 1.1));
            break;
        }
        case 2:  // noised
            for (auto& row : t.rows) {
                row.hc_ppm = std::max(0.0, std::round(row.hc_ppm + s.random.noise()));
                row.no_ppm = std::max(0.0, std::round(row.no_ppm * (1 + 0.004 * s.random.noise())));
                row.opacity_m1 = std::max(0.0, rounded(row.opacity_m1 + 0.01 * s.random.noise(), 2));
                row.rpm = std::round(row.rpm + 5 * s.random.noise());
            }
            break;
        case 3: {  // shifted by some seconds
            const auto by = static_cast<std::size_t>(s.random.between(2, 6));
            t.rows.insert(t.rows.begin(), by, t.rows.front());
            break;
        }
        default:  // its beginning cut off
            t.rows.erase(t.rows.begin(), t.rows.begin() + s.random.between(3, 8));
    }
    put_out_the_lamp(t);
    s.conclude();
    s.done = true;
}

void substitute(Scene& s) {
    if (!s.failed()) return;
    const auto& own = *s.test.vehicle;
    for (int tries = 0; tries < 400; ++tries) {
        const auto& other = s.random.pick(s.fleet);
        if (other.model->diesel != own.model->diesel || other.stage < 5 || !other.defects.empty() ||
            other.number == own.number)
            continue;
        s.bench.on_line = &other;
        s.bench.mileage_km = other.mileage_km;
        // Some leave their own computer plugged in: it idles beside the line while the other is driven.
        const bool own_computer = s.campaign.style >= 0.65;
        if (!own_computer) s.test.obd = read_obd(other, other.mileage_km, s.random);
        put_out_the_lamp(s.test);
        s.measure_again();
        if (own_computer)
            for (auto& row : s.test.rows) row.obd_rpm = std::round(760 + 8 * s.random.noise()), row.obd_speed_kmh = 0;
        s.shows = own_computer ? s.test.has_obd_stream && s.test.with_trace : s.test.obd && s.test.obd->communicates;
        s.done = true;
        return;
    }
}

void too_clean(Scene& s) {
    if (s.test.vehicle->built > 2017) return;
    for (const auto* item : {"co", "hc", "no", "opacity"}) scale_seconds(s.test, item, s.random.within(0.0, 0.06));
    put_out_the_lamp(s.test);
    s.conclude();
    s.done = true;
}

void fails_without_cause(Scene& s) {
    auto& t = s.test;
    if (s.failed() || t.readings.empty()) return;
    std::vector<std::size_t> with_limit;
    for (std::size_t i = 0; i < t.readings.size(); ++i)
        if (t.readings[i].limit && std::string_view(t.readings[i].item) != "lambda") with_limit.push_back(i);
    auto& r = t.readings[s.random.pick(with_limit)];
    const double over = s.random.within(1.05, 1.5);
    const double want = std::string_view(r.item) == "power" ? *r.limit / over : *r.limit * over;
    if (s.campaign.style > 0.5 && r.value > 0 && t.method != Method::free_acceleration) {
        scale_seconds(t, r.item, want / r.value);
        summarise(t);
    } else {
        r.value = rounded(want, decimals_of(t.method, r.item));
    }
    judge(t);
    s.done = s.failed();
}

void invented(Scene& s) {
    auto& t = s.test;
    // People like 5, 2 and 8, seldom 0 or 9.
    const std::vector<double> digits = {2, 7, 16, 11, 8, 20, 9, 8, 15, 4};
    for (auto& r : t.readings) {
        const int decimals = decimals_of(t.method, r.item);
        const double step = std::pow(10, decimals);
        const double typical = r.limit ? *r.limit * s.random.within(0.15, 0.7) : r.value;
        const double value =
            std::string_view(r.item) == "power" && r.limit ? *r.limit / s.random.within(0.55, 0.8) : typical;
        r.value = (std::floor(value * step / 10) * 10 + static_cast<double>(s.random.weighted(digits))) / step;
        if (std::string_view(r.item) == "lambda")
            r.value = rounded(1 + 0.001 * static_cast<double>(s.random.between(-5, 5)), 3);
        r.value = rounded(r.value, decimals);
    }
    t.with_trace = false;
    put_out_the_lamp(t);
    judge(t);
    s.done = true;
}

}  // namespace cheat
}  // namespace imloop::sim
