#include "i_station/shops.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <tuple>

#include "loop/tables.hpp"

namespace imloop::i_station {

using nlohmann::json;

std::optional<Location> location_of(const json& station) {
    const auto location = station.is_object() ? station.value("location", json()) : json();
    if (!location.is_object() || !location.contains("lat") || !location.contains("lon")) return std::nullopt;
    return Location{location["lat"].get<double>(), location["lon"].get<double>()};
}

double distance_km(Location a, Location b) {
    constexpr double radius_km = 6371.0088, radian = std::numbers::pi / 180;
    const double across = std::sin((b.lat - a.lat) * radian / 2), along = std::sin((b.lon - a.lon) * radian / 2);
    const double h = across * across + std::cos(a.lat * radian) * std::cos(b.lat * radian) * along * along;
    return 2 * radius_km * std::asin(std::min(1.0, std::sqrt(h)));
}

std::vector<Shop> shops_by_distance(const json& shops, const std::optional<Location>& from, const std::string& county) {
    std::vector<Shop> out;
    for (const auto& shop : shops) {
        const auto place = location_of(shop);
        out.push_back({&shop, from && place ? std::optional(distance_km(*from, *place)) : std::nullopt});
    }
    std::ranges::sort(out, {}, [&](const Shop& s) {
        return std::tuple(!s.km, s.km.value_or(0), s.station->value("county", "") != county,
                          s.station->value("station_id", ""));
    });
    return out;
}

std::string price_range(const json& shop, const std::vector<std::string>& failed_items) {
    std::set<std::string> repairs;
    for (const auto& failed : failed_items)
        for (const auto& row : loop::rows_of("readings"))
            if (row.at("code") == failed.substr(0, failed.find('/')))
                for (const auto& code : row.value("repairs", json::array())) repairs.insert(code.get<std::string>());
    double low = 0, high = 0;
    for (const auto& item : shop.value("prices", json::object()).value("items", json::array())) {
        const double fee = item.value("labour_fee", 0.0);
        if (fee <= 0 || !repairs.contains(item.value("code", ""))) continue;
        low = low == 0 ? fee : std::min(low, fee);
        high = std::max(high, fee);
    }
    return high == 0 ? "—" : low == high ? fmt::format("{:.0f}", low) : fmt::format("{:.0f}–{:.0f}", low, high);
}

}  // namespace imloop::i_station
