#include "loop/suspects/observed/sameness.hpp"

#include <cmath>
#include <string>

#include "loop/suspects/observed/unlike.hpp"
#include "loop/vehicle/plate.hpp"
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
    if (!is_whole_vin(a) || !is_whole_vin(b) || loop::one_slip_apart(a, b)) return false;
    const int least = vin_proven(a) && vin_proven(b) ? 2 : 5;
    return places_differing(a, b) >= least;
}

Sameness sameness(const VehicleWords& a, const VehicleWords& b) {
    if (!a.vin.empty() && !b.vin.empty()) {
        if (a.vin == b.vin) return Sameness::same;
        if (vins_far_apart(a.vin, b.vin)) return Sameness::unlike;
    }
    const bool share_plate = !a.plate.empty() && comparable_plate(a.plate) == comparable_plate(b.plate);
    return share_plate ? Sameness::same : Sameness::unclear;
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

std::string_view maker_of(std::string_view vin) { return is_whole_vin(vin) ? vin.substr(0, 3) : std::string_view(); }

bool one_slip_apart(double a, double b) {
    return loop::one_slip_apart(std::to_string(std::llround(a)), std::to_string(std::llround(b)));
}

bool slip_of_one_between(double value, double low, double high) {
    const auto digits = std::to_string(std::llround(value));
    const auto fits = [&](const std::string& text) {
        if (text.empty() || text.size() > 9) return false;
        const double km = std::stod(text);
        return km >= low && km <= high;
    };
    for (std::size_t i = 0; i <= digits.size(); ++i) {
        for (char c = '0'; c <= '9'; ++c) {
            std::string more = digits;
            if (fits(more.insert(i, 1, c))) return true;
            if (i == digits.size()) continue;
            std::string other = digits;
            other[i] = c;
            if (fits(other)) return true;
        }
        if (i == digits.size()) break;
        std::string less = digits;
        if (fits(less.erase(i, 1))) return true;
        if (i + 1 == digits.size()) continue;
        std::string swapped = digits;
        std::swap(swapped[i], swapped[i + 1]);
        if (fits(swapped)) return true;
    }
    return false;
}

}  // namespace imloop::loop::rules
