// What equipment writes where it has no value (-999, -1, 99999, 65535, 无), by the table `no_values`: a number is none
// only where the quantity can't be so: -1 °C stays, -1 % CO does not. Pure and thread safe.
#pragma once

#include <string>
#include <string_view>

namespace imloop::station::intake {

/// `quantity`: as columns of process data and members with a unit are called: co_pct, hc_ppm, temperature_c,
/// mileage_km. Of a quantity the table does not have only words are none. An empty text is not: nothing was written.
/// `factor`: what the number is multiplied with to be of that unit.
bool is_no_value(std::string_view quantity, std::string_view written, double factor = 1);

/// What a reading measures: co in % is co_pct, lambda in 1 is lambda.
std::string quantity_of(std::string_view item, std::string_view unit);

}  // namespace imloop::station::intake
