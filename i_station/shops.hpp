// Which repair shops a notice names, and in what order. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace imloop::i_station {

/// Degrees, north and east positive.
struct Location {
    double lat = 0, lon = 0;
};
/// Of a station as the register has it; nothing where it has no `location`.
std::optional<Location> location_of(const nlohmann::json& station);

/// Along the great circle, by the haversine formula on a sphere of 6,371.0088 km (IUGG mean radius): within 0.6 % of
/// the way over the ellipsoid.
double distance_km(Location, Location);

struct Shop {
    const nlohmann::json* station;
    std::optional<double> km;  ///< from this station; nothing where one of the two places is not known
};
/// Those with a distance by it; then the others, of the own county first, by id. They live as long as `shops`.
std::vector<Shop> shops_by_distance(const nlohmann::json& shops, const std::optional<Location>& from,
                                    const std::string& county);

/// Posted labour of the repairs that are often done for these failed items (`co/idle`, `obd`), in yuan, whole, as
/// `200–600`; `—` where none of them is posted.
std::string price_range(const nlohmann::json& shop, const std::vector<std::string>& failed_items);

}  // namespace imloop::i_station
