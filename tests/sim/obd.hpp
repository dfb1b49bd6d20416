// What the scan tool reads out of a vehicle's engine computer.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/fleet.hpp"

namespace imloop::sim {

struct Obd {
    bool supported = true, communicates = true;
    bool watches_exhaust = true;  ///< its lamp decides the test
    bool mil_on = false;
    std::vector<std::string> dtcs, permanent_dtcs;
    std::vector<std::pair<std::string, bool>> readiness;  ///< monitor, complete
    struct InUse {
        std::string monitor;
        int numerator, denominator;
    };
    std::vector<InUse> in_use;
    std::string cal_id, cvn, vin, protocol;  ///< VIN empty: the model does not report it
    int mileage_km = 0;                      ///< 0: not reported
    double lambda = 0;                       ///< of its own sensor; 0: not reported
    int mil_distance_km = 0, cleared_distance_km = 0, cleared_warm_ups = 0;
};

/// Nothing where the vehicle has no OBD by its stage.
std::optional<Obd> read_obd(const Vehicle&, double mileage_km, Random&);

}  // namespace imloop::sim
