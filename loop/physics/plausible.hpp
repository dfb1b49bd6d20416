// What an instrument can show at all. A value outside is one in another unit, or no measurement.
#pragma once

#include <optional>
#include <string_view>

namespace imloop::loop::physics {

struct Range {
    double low = 0, high = 0;
    bool holds(double value) const { return value >= low && value <= high; }
};

/// Of a reading (docs/contract.md, "Codes of readings"): the ranges of analysers and opacimeters (JJF 1227, GB
/// 3847-2018 annex), of rollers, and of what a car can give off a km, each with room. Nothing for other items and
/// units.
std::optional<Range> instrument_range(std::string_view item, std::string_view unit);

/// 10, 100, 1000 or their inverse: what `value`, outside `range`, must be divided by to lie well inside; 0: none of
/// them.
double unit_slip(double value, const Range& range);

}  // namespace imloop::loop::physics
