#include "loop/stations/gap.hpp"

#include "loop/statistics/tilt.hpp"

namespace imloop::loop::stations {
namespace {

constexpr std::size_t limit_bin = 40;
constexpr std::size_t from_bin = 8;  // below a fifth of the limit readings are noise of the instrument

using MethodFuel = std::pair<std::uint8_t, std::uint8_t>;
using Shapes = std::map<MethodFuel, Shape>;

Shapes shapes_of(const Station& station, const Window& window) {
    Shapes out;
    for (const auto& [of, shape] : station.shapes)
        if (quarter_of(window.from) <= of.quarter && of.quarter <= quarter_of(window.to))
            out[{of.method, of.fuel}] += shape;
    return out;
}

Shape without(const Shape& all, const Shape& own) {
    Shape out = all;
    for (std::size_t i = 0; i < out.counts.size(); ++i) out.counts[i] -= own.counts[i];
    return out;
}

}  // namespace

Figures gaps_above_limit(const Tallies& tallies, const Window& window, double expected_min) {
    std::map<std::string, Shapes> by_station;
    Shapes all;
    for (const auto& [id, station] : tallies.stations()) {
        by_station[id] = shapes_of(station, window);
        for (const auto& [key, shape] : by_station[id]) all[key] += shape;
    }
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
