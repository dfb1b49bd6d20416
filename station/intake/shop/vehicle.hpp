// The vehicle of a work order, out of its columns.
#pragma once

#include <nlohmann/json.hpp>

#include "station/intake/shop/reading.hpp"

namespace imloop::station::intake {

/// A problem where neither plate nor VIN is there or one can't be what it is meant to be; what is doubtful is noted.
nlohmann::ordered_json read_vehicle(ShopReading&);

}  // namespace imloop::station::intake
