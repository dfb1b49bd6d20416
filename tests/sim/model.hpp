// Models of vehicles: what all vehicles of one model share, their engine computers included.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/random.hpp"

namespace imloop::sim {

enum class Use { car, van, light_truck, heavy_truck };

struct Model {
    std::string maker;  ///< the first three places of its VINs
    std::string type;   ///< places 4 to 8
    std::string name;   ///< as registered
    std::string vehicle_class, plate_kind, plate_color;
    bool diesel = false;
    Use use = Use::car;
    bool all_wheel_drive = false;  ///< can't be driven on the dynamometer of a line
    double mass_kg = 0, rated_power_kw = 0, rated_rpm = 0;
    double dirtiness = 1;  ///< beside others of its stage
    bool reports_vin = true;
    std::string protocol;
    double popularity = 0;

    /// Of the engine computer, by emission stage (3 to 6) and level of its software.
    std::string cal_id(int stage, int level) const;
    std::string cvn(int stage, int level) const;
};

/// Always the same ones.
const std::vector<Model>& models();

}  // namespace imloop::sim
