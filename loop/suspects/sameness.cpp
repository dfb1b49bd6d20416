#include "loop/suspects/sameness.hpp"

#include <cmath>

#include "loop/vehicle/vin.hpp"

namespace imloop::loop::rules {
namespace {

int places_differing(std::string_view a, std::string_view b) {
    int count = 0;
    for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i];
    return count;
}

}  // namespace

bool vins_far_apart(std::string_view a, std::string_view b) {
    if (a.size() != vin_places || b.size() != vin_places || loop::one_slip_apart(a, b)) return false;
    const int least = vin_proven(a) && vin_proven(b) ? 2 : 5;
    return places_differing(a, b) >= least;
}

Sameness sameness(const VehicleWords& a, const VehicleWords& b) {
    if (a.vin.empty() || b.vin.empty())
        return !a.plate.empty() && a.plate == b.plate ? Sameness::same : Sameness::unclear;
    if (a.vin == b.vin) return Sameness::same;
    if (vins_far_apart(a.vin, b.vin)) return Sameness::unlike;
    return !a.plate.empty() && a.plate == b.plate ? Sameness::same : Sameness::unclear;
}

bool same_vehicle(const Record& a, const Record& b) {
    return a.fact.vehicle && b.fact.vehicle && sameness(*a.fact.vehicle, *b.fact.vehicle) == Sameness::same;
}

bool surely_one_vehicle(const Record& a, const Record& b) {
    if (!same_vehicle(a, b)) return false;
    const auto &one = a.fact.vehicle->plate, &other = b.fact.vehicle->plate;
    return one.empty() || other.empty() || one == other || loop::one_slip_apart(one, other);
}

bool unlike_vehicles(const Record& a, const Record& b) {
    return a.fact.vehicle && b.fact.vehicle && sameness(*a.fact.vehicle, *b.fact.vehicle) == Sameness::unlike;
}

std::string_view maker_of(std::string_view vin) {
    return vin.size() == vin_places ? vin.substr(0, 3) : std::string_view();
}

bool one_slip_apart(double a, double b) {
    return loop::one_slip_apart(std::to_string(std::llround(a)), std::to_string(std::llround(b)));
}

}  // namespace imloop::loop::rules
