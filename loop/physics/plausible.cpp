#include "loop/physics/plausible.hpp"

#include <algorithm>
#include <array>

namespace imloop::loop::physics {

std::optional<Range> instrument_range(std::string_view item, std::string_view unit) {
    struct Row {
        std::string_view item, unit;
        Range range;
    };
    static constexpr std::array rows = {
        Row{"co", "%", {-0.1, 16}},       Row{"co2", "%", {-0.5, 20}},       Row{"o2", "%", {-0.5, 25}},
        Row{"hc", "ppm", {-20, 30'000}},  Row{"no", "ppm", {-30, 6'000}},    Row{"nox", "ppm", {-30, 6'000}},
        Row{"lambda", "1", {0.4, 10}},    Row{"opacity", "1/m", {-0.1, 20}}, Row{"power", "kW", {0, 800}},
        Row{"co", "g/km", {-0.1, 400}},   Row{"hc", "g/km", {-0.1, 60}},     Row{"nox", "g/km", {-0.1, 40}},
        Row{"hc_nox", "g/km", {-0.1, 90}}};
    const auto it = std::ranges::find_if(rows, [&](const Row& r) { return r.item == item && r.unit == unit; });
    return it == rows.end() ? std::nullopt : std::optional(it->range);
}

double unit_slip(double value, const Range& range) {
    for (const double factor : {10.0, 100.0, 1000.0, 0.1, 0.01, 0.001})
        if (range.holds(value / factor)) return factor;
    return 0;
}

}  // namespace imloop::loop::physics
