// Made-up vehicles: valid VINs, some in fleets with consecutive numbers, plates of 陕D, and what people mistype; with
// what no record says: how dirty each is, how far it has run, what is broken.
#pragma once

#include <string>
#include <vector>

#include "loop/time.hpp"
#include "tests/sim/defect.hpp"
#include "tests/sim/model.hpp"
#include "tests/sim/random.hpp"

namespace imloop::sim {

struct Vehicle {
    std::string vin, plate, engine_no;
    const Model* model = nullptr;
    int county = 0;  ///< index
    int built = 0;   ///< year
    int stage = 0;   ///< 3 to 6
    loop::Day registered_on = 0;
    bool taxi = false;
    int fleet = 0;  ///< vehicles of one owner; 0: an owner of one

    // Hidden.
    std::size_t number = 0;
    double mileage_km = 0;  ///< at the beginning of the year
    double km_a_day = 0;
    double dirt_co = 1, dirt_hc = 1, dirt_no = 1, dirt_smoke = 1;  ///< beside others of its model and age
    double catalyst_loss = 0;                                      ///< what passes a sound, aged catalyst
    double wheel_power = 0.6;                                      ///< share of the rated power that reaches the wheels
    std::vector<Defect> defects;
    int software_level = 1;
    double cleared_at_km = 0;  ///< mileage when trouble codes were last cleared
    bool obd_dead = false;     ///< answers no scan tool any more
    int told_km = 0;           ///< by the computer at its latest test; 0: nothing yet

    bool has(std::string_view defect) const;
    void mend(std::string_view defect);
    double mileage_at(loop::Moment, loop::Moment begin_of_year) const;
    std::string stage_code() const;
};

/// 17 places with a right check digit.
std::string vin_with_check_digit(std::string vin);
/// One place wrong, two neighbours swapped, or one missing; may still be proven by chance.
std::string slip(std::string vin, Random&);
std::vector<Vehicle> make_fleet(std::size_t count, const std::vector<double>& county_weights, Random&, int year = 2025);

}  // namespace imloop::sim
