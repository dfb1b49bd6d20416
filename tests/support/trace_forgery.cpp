#include <algorithm>

#include "tests/support/trace_makers.hpp"

namespace imloop::test {
namespace {

using loop::traces::Trace;

bool is_gas(std::string_view name) {
    return name.starts_with("co") || name.starts_with("o2") || name.starts_with("hc") || name.starts_with("no") ||
           name.starts_with("opacity");
}

/// `other`'s first or last rows before or after what is left of `trace`, as many rows as it had.
Trace shifted(const Trace& trace, const Trace& other, int by) {
    const auto rows = trace.rows(),
               gap = std::min(static_cast<std::size_t>(std::abs(by)), std::min(rows, other.rows()));
    const auto kept = by > 0 ? trace.cut(0, rows - gap) : trace.cut(gap, rows);
    const auto filler = by > 0 ? other.cut(0, gap) : other.cut(other.rows() - gap, other.rows());
    Trace out = by > 0 ? filler : kept;
    const auto& tail = by > 0 ? kept : filler;
    for (auto& column : out.columns) {
        const auto more = tail.column(column.name);
        column.values.insert(column.values.end(), more.begin(), more.end());
    }
    out.state = trace.state;
    out.time_s = trace.time_s;
    return out;
}

}  // namespace

std::string_view name_of(TraceMethod method) {
    constexpr std::string_view names[] = {"two_speed_idle", "asm", "vmas", "lugdown", "free_acceleration"};
    return names[static_cast<std::size_t>(method)];
}

double step_of(std::string_view channel) {
    if (channel.starts_with("hc") || channel.starts_with("no") || channel == "rpm") return 1;
    return channel == "power_kw" || channel == "load_n" ? 0.1 : 0.01;
}

double rounded(double value, std::string_view channel) {
    const double step = step_of(channel);
    return std::round(value / step) * step;
}

Trace forged(const Trace& original, const Forgery& forgery, const Trace& another, std::uint64_t seed) {
    sim::Random random(seed);
    Trace out = original;
    if (forgery.gases_only)
        for (auto& column : out.columns)
            if (!is_gas(column.name)) {
                const auto other = another.column(column.name);
                for (std::size_t i = 0; i < column.values.size(); ++i) column.values[i] = other[i % other.size()];
            }
    if (forgery.shift_s > 0) {
        const int by = random.between(1, forgery.shift_s);
        out = shifted(out, another, random.chance(0.5) ? by : -by);
    }
    if (forgery.kept < 1) {
        const auto left = static_cast<std::size_t>(static_cast<double>(out.rows()) * forgery.kept);
        const auto spare = out.rows() - left;
        const auto first = random.below(3) == 0 ? 0 : random.chance(0.5) ? spare : random.below(spare + 1);
        out = out.cut(first, first + left);
    }
    for (auto& column : out.columns) {
        const bool gas = is_gas(column.name);
        const double factor = forgery.scaled && gas ? 0.3 * std::pow(10.0, random.unit()) : 1;
        const auto [low, high] = std::ranges::minmax(column.values);
        // Not below nothing: a forger leaves no readings that are cut off at 0.
        const double offset =
            forgery.offset && gas ? std::max(-low * factor, (random.unit() * 0.4 - 0.2) * (high - low)) : 0;
        for (auto& value : column.values) {
            value = value * factor + offset;
            if (forgery.noise > 0) value *= 1 + forgery.noise * normal(random);
            if (forgery.count_noise) value += step_of(column.name) * random.between(-1, 1);
            value = std::max(0.0, rounded(value, column.name));
        }
    }
    return out;
}

}  // namespace imloop::test
