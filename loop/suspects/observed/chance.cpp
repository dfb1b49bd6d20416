#include "loop/suspects/observed/chance.hpp"

#include <fmt/format.h>

#include <boost/math/special_functions/beta.hpp>
#include <cmath>

namespace imloop::loop::rules {
namespace {

/// Steps of the last digit a value was written with: 0.12 has 12, 24 has 24, 14.5 has 145.
double steps_of(double value) {
    constexpr int decimals_max = 4;
    value = std::abs(value);
    double scale = 1;
    for (int i = 0; i < decimals_max; ++i, scale *= 10)
        if (std::abs(value * scale - std::round(value * scale)) < 1e-6) break;
    return std::round(value * scale);
}

/// Which share of its value a reading ranges over from vehicle to vehicle: a mixture is held near lambda 1, so that
/// lambda and CO2 hardly differ, while pollutants differ by their own size.
double range_of(const Reading& r) {
    if (r.item == "lambda") return 0.05;
    if (r.item == "co2") return 0.1;
    if (r.item == "power") return 0.3;
    return 0.7;
}

}  // namespace

double chance_of_at_least(int count, int of, double each) {
    if (count <= 0) return 1;
    if (count > of || each <= 0) return 0;
    if (each >= 1) return 1;
    return boost::math::ibeta(count, of - count + 1.0, each);
}

std::string chance_words(double chance) { return chance < 1e-15 ? "< 1e-15" : fmt::format("{:.0e}", chance); }

double information_bits(std::span<const Reading> readings) {
    double bits = 0;
    for (const auto& r : readings) bits += std::log2(std::max(1.0, steps_of(r.value) * range_of(r)));
    return bits;
}

}  // namespace imloop::loop::rules
