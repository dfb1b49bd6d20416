#include "tests/sim/test.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "loop/tables.hpp"

namespace imloop::sim {
namespace {

constexpr std::size_t asm_window_s = 10;
constexpr double between_asm_speeds_kmh = 32;
constexpr double power_share_min = 0.4;

template <typename Has>
std::vector<const Row*> window(const Test& t, Has has) {
    std::vector<const Row*> out;
    for (const auto& row : t.rows)
        if (has(row)) out.push_back(&row);
    return out;
}

double mean(std::span<const Row* const> rows, double Row::*column) {
    double sum = 0;
    for (const auto* row : rows) sum += row->*column;
    return rows.empty() ? 0 : sum / static_cast<double>(rows.size());
}

class Summary {
public:
    explicit Summary(Test& t) : test_(t) { t.readings.clear(); }
    void put(const char* item, const char* phase, double value) {
        test_.readings.push_back({item, phase, rounded(value, decimals_of(test_.method, item)), {}, {}, true});
    }
    void means(const char* phase, std::span<const Row* const> rows, bool has_no, bool has_lambda) {
        put("co", phase, mean(rows, &Row::co_pct)), put("hc", phase, mean(rows, &Row::hc_ppm));
        if (has_no) put("no", phase, mean(rows, &Row::no_ppm));
        put("co2", phase, mean(rows, &Row::co2_pct)), put("o2", phase, mean(rows, &Row::o2_pct));
        if (has_lambda) put("lambda", phase, mean(rows, &Row::lambda));
    }

private:
    Test& test_;
};

/// Masses over the cycle: concentrations in the flow of exhaust (l/s at 0 °C), by the distance driven. NO counts as
/// NO2.
void summarise_cycle(const Test& t, Summary& out) {
    constexpr double mole_l = 22.414, co_g = 28.01, hexane_g = 86.18, no2_g = 46.01;
    double co = 0, hc = 0, nox = 0, km = 0;
    for (const auto& row : t.rows) {
        if (row.state != State::cycle) continue;
        const double moles = row.flow_lps / mole_l;
        co += moles * row.co_pct / 100 * co_g;
        hc += moles * row.hc_ppm / 1e6 * hexane_g;
        nox += moles * row.no_ppm / 1e6 * no2_g;
        km += row.speed_kmh / 3600;
    }
    km = std::max(km, 0.01);
    out.put("co", "cycle", co / km), out.put("hc", "cycle", hc / km), out.put("nox", "cycle", nox / km);
}

void summarise_lugdown(const Test& t, Summary& out) {
    const auto k100 = window(t, [](const Row& r) { return r.state == State::k100; });
    const auto k80 = window(t, [](const Row& r) { return r.state == State::k80; });
    double power = 0;
    for (const auto& row : t.rows) power = std::max(power, row.power_kw);
    // The correction of GB 3847-2018 for a turbocharged engine, to 25 °C and 99 kPa.
    const auto& e = t.environment;
    const double correction = std::pow(99 / e.pressure_kpa, 0.7) * std::pow((e.temperature_c + 273.15) / 298.15, 1.5);
    out.put("opacity", "k100", mean(k100, &Row::opacity_m1)), out.put("opacity", "k80", mean(k80, &Row::opacity_m1));
    out.put("nox", "k80", mean(k80, &Row::nox_ppm)), out.put("power", "max", power * correction);
}

void summarise_free_acceleration(const Test& t, Summary& out) {
    constexpr const char* phases[] = {"1", "2", "3"};
    double sum = 0;
    for (int i = 0; i < 3; ++i) {
        double peak = 0;
        for (const auto& row : t.rows)
            if (row.order == i + 1) peak = std::max(peak, row.opacity_m1);
        out.put("opacity", phases[i], peak);
        sum += rounded(peak, 2);
    }
    out.put("opacity", "mean", sum / 3);
}

}  // namespace

const char* code_of(Method m) {
    constexpr const char* codes[] = {"two_speed_idle", "asm", "vmas", "free_acceleration", "lugdown"};
    return codes[static_cast<int>(m)];
}

double rounded(double value, int decimals) {
    constexpr double steps[] = {1, 10, 100, 1000};
    const double step = steps[decimals];
    const double out = std::round(value * step) / step;
    return out == 0 ? 0 : out;
}

const char* unit_of(Method m, std::string_view item) {
    if (item == "opacity") return "1/m";
    if (item == "power") return "kW";
    if (item == "lambda") return "1";
    if (m == Method::vmas) return "g/km";
    return item == "hc" || item == "no" || item == "nox" ? "ppm" : "%";
}

int decimals_of(Method m, std::string_view item) {
    const std::string_view unit = unit_of(m, item);
    return item == "lambda" ? 3 : unit == "ppm" ? 0 : unit == "kW" ? 1 : 2;
}

void summarise(Test& t) {
    Summary out(t);
    switch (t.method) {
        case Method::two_speed_idle:
            out.means("high_idle", window(t, [](const Row& r) { return r.state == State::high_idle; }), false, true);
            out.means("idle", window(t, [](const Row& r) { return r.state == State::idle; }), false, false);
            break;
        case Method::asm_:
            for (const bool fast : {false, true}) {
                const auto all = window(t, [&](const Row& r) {
                    return r.state == State::test && (r.speed_kmh > between_asm_speeds_kmh) == fast;
                });
                if (all.empty()) continue;
                const auto last = std::span(all).last(std::min(all.size(), asm_window_s));
                out.means(fast ? "2540" : "5025", last, true, true);
                out.put("power", fast ? "2540" : "5025", mean(last, &Row::power_kw));
            }
            break;
        case Method::vmas:
            summarise_cycle(t, out);
            break;
        case Method::free_acceleration:
            summarise_free_acceleration(t, out);
            break;
        case Method::lugdown:
            summarise_lugdown(t, out);
            break;
    }
}

double limit_of(Method m, std::string_view item, std::string_view phase, double rated_power_kw) {
    if (m == Method::lugdown && item == "power") return rounded(power_share_min * rated_power_kw, 1);
    static const auto limits_a = [] {
        std::vector<loop::Limit> out;
        for (const auto& limit : loop::limits())
            if (limit.standard.ends_with("-2018/a") && limit.high) out.push_back(limit);
        return out;
    }();
    for (const auto& limit : limits_a)
        if (limit.item == item && limit.phase == phase && limit.method == code_of(m)) return *limit.high;
    return 0;
}

void judge(Test& t) {
    t.failed_items.clear();
    for (auto& r : t.readings) {
        const double limit = limit_of(t.method, r.item, r.phase, t.typed.rated_power_kw);
        r.limit.reset(), r.limit_low.reset(), r.passed = true;
        if (limit <= 0) continue;
        r.limit = limit;
        const std::string_view item = r.item;
        if (item == "lambda") r.limit_low = 0.95;
        r.passed = item == "power" ? r.value >= limit : r.value <= limit && r.value >= r.limit_low.value_or(r.value);
        if (!r.passed) t.failed_items.push_back(std::string(r.item) + "/" + r.phase);
    }
    if (!t.appearance_passed) t.failed_items.push_back("appearance");
    // HJ 1237-2021: a lit lamp with codes behind it fails vehicles whose computer watches the exhaust closely.
    if (t.obd && t.obd->mil_on && t.obd->watches_exhaust) t.failed_items.push_back("obd");
    t.verdict = t.failed_items.empty() ? "pass" : "fail";
}

}  // namespace imloop::sim
