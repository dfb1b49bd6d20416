#include "loop/physics/fuel.hpp"

namespace imloop::loop::physics {

std::span<const Fuel> burnt_in_spark_ignition(std::string_view fuel) {
    static constexpr Fuel only_petrol[] = {petrol};
    static constexpr Fuel gas[] = {{4.0, 0}, petrol};
    static constexpr Fuel lpg[] = {{2.525, 0}, petrol};
    static constexpr Fuel methanol[] = {{4.0, 1.0}, petrol};
    static constexpr Fuel ethanol[] = {{3.0, 0.5}, petrol};
    if (fuel == "petrol" || fuel == "hybrid") return only_petrol;
    if (fuel == "cng") return gas;
    if (fuel == "lpg") return lpg;
    if (fuel == "methanol") return methanol;
    if (fuel == "ethanol") return ethanol;
    return {};
}

}  // namespace imloop::loop::physics
