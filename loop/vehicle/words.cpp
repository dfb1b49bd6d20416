#include "loop/vehicle/words.hpp"

#include "loop/written/judgement.hpp"

namespace imloop::loop {

VehicleWords counting(VehicleWords words) {
    if (vin_placeholder(words.vin)) words.vin.clear();
    if (plate_placeholder(words.plate)) words.plate.clear();
    return words;
}

}  // namespace imloop::loop
