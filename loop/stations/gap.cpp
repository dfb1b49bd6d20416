#include "loop/stations/gap.hpp"

#include "loop/statistics/tilt.hpp"

namespace imloop::loop::stations {
namespace {

constexpr std::size_t limit_bin = 40;
constexpr std::size_t from_bin = 8;  // below a fifth of the limit readings are noise of the instrument

using MethodFuel = std::pair<std::uint8_t, std::uint8_t>;
using Shapes = std::map<MethodFuel, Shape>;

Shape without(const Shape& all, const Shape& own) {
    Shape out = all;
    for (std::size_t i = 0; i < out.counts.size(); ++i) out.counts[i] -= own.counts[i];
    return out;
}

}  // namespace

Figures gaps_above_limit(const Tallies& tallies, const Window& window, double expected_min) {
    std::map<std::string, Shapes> by_station;
    Shapes all;
    tallies.shapes.each(quarter_of(window.from), quarter_of(window.to),
                        [&](const ShapeQuarter& at, const Shape& shape) {
                            by_station[at.station_id][{at.method, at.fuel}] += shape;
                            all[{at.method, at.fuel}] += shape;
                        });
    Figures out;
    for (const auto& [id, shapes] : by_station) {
        Measured m;
        m.station_id = id;
        for (const auto& [key, shape] : shapes) {
            const Shape peers = without(all[key], shape);
            const auto tilted =
                statistics::above_limit(shape.counts, peers.counts, 1.0 / limit_bin, from_bin, limit_bin);
            if (tilted.expected <= 0) continue;
            m.observed += tilted.observed;
            m.of += shape.total();
            m.expected += tilted.expected;
            m.variance += tilted.variance;
            m.peers += peers.total();
            ++m.strata;
        }
        if (m.strata > 0) out.each.push_back(std::move(m));
    }
    compare_all(out, expected_min);
    return out;
}

}  // namespace imloop::loop::stations
