#include "loop/suspects/observed/trace_facts.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "loop/physics/dynamometer.hpp"

namespace imloop::loop::rules {
namespace {

using traces::State;
using traces::Trace;
using Column = std::span<const double>;

constexpr std::array<std::string_view, channel_count> column_names = {
    "co_pct", "co2_pct", "o2_pct", "hc_ppm", "no_ppm", "nox_ppm", "lambda", "opacity_m1", "power_kw"};
constexpr double idle_rpm_max = 1500;       // between idle and the 2,500 of high idle
constexpr double asm_speed_between = 32.5;  // of 25 and 40 km/h
constexpr double running_rpm = 300, rolling_kmh = 5, loaded_kmh = 10;
constexpr int lag_rows_max = 3;

float median(std::vector<double> of) {
    const auto middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
    std::nth_element(of.begin(), middle, of.end());
    return static_cast<float>(*middle);
}

bool has_state(const Trace& t, State state) { return std::ranges::find(t.state, state) != t.state.end(); }

/// Which part a row belongs to, beside the whole.
class Parting {
public:
    explicit Parting(const Trace& t)
        : trace_(t),
          rpm_(t.column("rpm")),
          speed_(t.column("speed_kmh")),
          has_idle_(has_state(t, State::idle) || has_state(t, State::high_idle)),
          has_any_(std::ranges::any_of(t.state, [](State s) { return s != State::unknown; })) {}

    std::optional<Part> operator()(std::size_t row) const {
        switch (trace_.state[row]) {
            case State::idle:
                return Part::idle;
            case State::high_idle:
                return Part::high_idle;
            case State::k100:
                return Part::k100;
            case State::k80:
                return Part::k80;
            case State::stable:
            case State::test:
                return speed_.empty() || std::isnan(speed_[row]) ? std::nullopt
                       : speed_[row] < asm_speed_between         ? std::optional(Part::mode_5025)
                                                                 : std::optional(Part::mode_2540);
            default:
                break;
        }
        if (has_any_ || has_idle_ || rpm_.empty() || !speed_.empty() || std::isnan(rpm_[row])) return std::nullopt;
        return rpm_[row] < idle_rpm_max ? Part::idle : Part::high_idle;
    }

private:
    const Trace& trace_;
    Column rpm_, speed_;
    bool has_idle_, has_any_;
};

/// `values` is not empty.
ChannelFacts channel_facts(Part part, Channel channel, const std::vector<double>& values) {
    ChannelFacts out{.part = part, .channel = channel, .rows = static_cast<std::int16_t>(values.size())};
    const std::size_t window = window_rows(part);
    const auto [low, high] = std::ranges::minmax(values);
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    out.min = static_cast<float>(low);
    out.max = static_cast<float>(high);
    out.mean = static_cast<float>(sum / static_cast<double>(values.size()));
    out.window_min = out.window_max = out.mean;
    if (values.size() <= window) return out;
    const auto n = static_cast<double>(window);
    double of = std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(window), 0.0);
    double least = of, most = of;
    for (std::size_t i = window; i < values.size(); ++i) {
        of += values[i] - values[i - window];
        least = std::min(least, of);
        most = std::max(most, of);
    }
    out.window_min = static_cast<float>(least / n);
    out.window_max = static_cast<float>(most / n);
    return out;
}

double correlation(Column a, Column b, int lag) {
    double n = 0, sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto j = static_cast<std::ptrdiff_t>(i) + lag;
        if (j < 0 || j >= static_cast<std::ptrdiff_t>(b.size())) continue;
        const double x = a[i], y = b[static_cast<std::size_t>(j)];
        if (std::isnan(x) || std::isnan(y)) continue;
        n += 1, sa += x, sb += y, saa += x * x, sbb += y * y, sab += x * y;
    }
    const double va = n * saa - sa * sa, vb = n * sbb - sb * sb;
    return va < 1e-9 * n * saa || vb < 1e-9 * n * sbb || n < 2 ? 0 : (n * sab - sa * sb) / std::sqrt(va * vb);
}

Agreement agreement(Column bench, Column obd, double least) {
    Agreement out;
    // A signal that is zero throughout is one the vehicle does not give: an axle that stands, a tachometer not fitted.
    if (bench.empty() || obd.empty() || std::ranges::none_of(obd, [](double v) { return v > 0; })) return out;
    std::vector<double> ratios, benches, obds;
    for (std::size_t i = 0; i < bench.size(); ++i) {
        if (!(bench[i] > least) || std::isnan(obd[i])) continue;
        ratios.push_back(obd[i] / bench[i]);
        benches.push_back(bench[i]);
        obds.push_back(obd[i]);
    }
    out.rows = static_cast<int>(ratios.size());
    if (ratios.empty()) return out;
    out.ratio = median(std::move(ratios));
    const auto range = [](const std::vector<double>& v) {
        const auto [low, high] = std::ranges::minmax(v);
        return static_cast<float>(high - low);
    };
    out.bench_range = range(benches);
    out.obd_range = range(obds);
    double best = -1;
    for (int lag = -lag_rows_max; lag <= lag_rows_max; ++lag) best = std::max(best, correlation(bench, obd, lag));
    out.correlation = static_cast<float>(best);
    return out;
}

void put_seconds(const Trace& t, const Parting& part_of, TraceFacts& out) {
    std::vector<double> steps;
    for (std::size_t i = 1; i < t.rows(); ++i) {
        const double step = t.time_s[i] - t.time_s[i - 1];
        out.gap_s_max = std::max(out.gap_s_max, step);
        if (step < 0)
            ++out.falls;
        else
            steps.push_back(step);
    }
    if (steps.empty()) return;
    const double usual = std::max(1.0, static_cast<double>(median(std::move(steps))));
    double sampled = t.time_s.back() - t.time_s.front();
    for (std::size_t i = 1; i < t.rows(); ++i)
        if (part_of(i) != part_of(i - 1)) sampled -= std::max(0.0, t.time_s[i] - t.time_s[i - 1] - usual);
    const double due = std::min(1e6, sampled / usual + 1);
    out.missing_rows = std::max(0, static_cast<int>(std::lround(due)) - out.rows);
}

void put_power(const Trace& t, TraceFacts& out) {
    const Column power = t.column("power_kw"), load = t.column("load_n"), speed = t.column("speed_kmh");
    if (power.empty() || load.empty() || speed.empty()) return;
    std::vector<double> ratios;
    for (std::size_t i = 0; i < t.rows(); ++i) {
        if (!(speed[i] > loaded_kmh) || std::isnan(power[i])) continue;
        if (const double due = physics::roller_power_kw(load[i], speed[i]); due > 1) ratios.push_back(power[i] / due);
    }
    out.power_rows = static_cast<int>(ratios.size());
    if (!ratios.empty()) out.power_ratio = median(std::move(ratios));
}

void put_peaks(const Trace& t, TraceFacts& out) {
    const Column order = t.column("order"), opacity = t.column("opacity_m1");
    if (order.empty() || opacity.empty()) return;
    for (std::size_t i = 0; i < t.rows(); ++i) {
        if (!(order[i] >= 1) || order[i] > static_cast<double>(out.peaks.size()) || std::isnan(opacity[i])) continue;
        const auto n = static_cast<std::size_t>(order[i]);
        out.order_peaks = std::max(out.order_peaks, static_cast<int>(n));
        out.peaks[n - 1] = std::max(out.peaks[n - 1], static_cast<float>(opacity[i]));
    }
}

void put_parts(const Trace& t, const Parting& part_of, TraceFacts& out) {
    std::array<std::vector<std::size_t>, parts> rows;
    for (std::size_t i = 0; i < t.rows(); ++i) {
        rows[0].push_back(i);
        if (const auto part = part_of(i)) rows[static_cast<std::size_t>(*part)].push_back(i);
    }
    for (std::size_t p = 0; p < parts; ++p) {
        out.part_rows[p] = static_cast<std::int16_t>(rows[p].size());
        for (std::size_t c = 0; c < channel_count; ++c) {
            const Column column = t.column(column_names[c]);
            std::vector<double> values;
            for (const auto row : rows[p])
                if (!column.empty() && !std::isnan(column[row])) values.push_back(column[row]);
            if (!values.empty())
                out.channels.push_back(channel_facts(static_cast<Part>(p), static_cast<Channel>(c), values));
        }
    }
}

}  // namespace

std::size_t window_rows(Part part) {
    switch (part) {
        case Part::idle:
        case Part::high_idle:
            return 30;
        case Part::mode_5025:
        case Part::mode_2540:
            return 10;
        default:
            return 3;
    }
}

TraceFacts facts_of(const Trace& t) {
    TraceFacts out;
    out.rows = static_cast<int>(t.rows());
    if (out.rows == 0) return out;
    out.seconds = t.time_s.back() - t.time_s.front() + 1;
    const Parting part_of(t);
    put_seconds(t, part_of, out);
    const Column rpm = t.column("rpm");
    for (const double v : rpm) {
        if (!(v > 0)) continue;
        out.rpm_min = out.rpm_rows == 0 ? static_cast<float>(v) : std::min(out.rpm_min, static_cast<float>(v));
        out.rpm_max = std::max(out.rpm_max, static_cast<float>(v));
        ++out.rpm_rows;
    }
    put_parts(t, part_of, out);
    put_peaks(t, out);
    put_power(t, out);
    out.rpm = agreement(rpm, t.column("obd_rpm"), running_rpm);
    out.speed = agreement(t.column("speed_kmh"), t.column("obd_speed_kmh"), rolling_kmh);
    return out;
}

const ChannelFacts* TraceFacts::of(Part part, Channel channel) const {
    const auto it =
        std::ranges::find_if(channels, [&](const ChannelFacts& f) { return f.part == part && f.channel == channel; });
    return it == channels.end() ? nullptr : &*it;
}

std::optional<Part> part_of_phase(std::string_view phase) {
    if (phase == "idle") return Part::idle;
    if (phase == "high_idle") return Part::high_idle;
    if (phase == "5025") return Part::mode_5025;
    if (phase == "2540") return Part::mode_2540;
    if (phase == "k100") return Part::k100;
    if (phase == "k80") return Part::k80;
    return std::nullopt;
}

std::optional<Channel> channel_of_item(std::string_view item) {
    constexpr std::array<std::string_view, channel_count> names = {"co",  "co2",    "o2",      "hc",   "no",
                                                                   "nox", "lambda", "opacity", "power"};
    const auto it = std::ranges::find(names, item);
    return it == names.end() ? std::nullopt : std::optional(static_cast<Channel>(it - names.begin()));
}

}  // namespace imloop::loop::rules
