#include "i_station/shops.hpp"

#include <catch2/catch.hpp>
#include <numbers>

using namespace imloop::i_station;
using nlohmann::json;

namespace {

json shop(const char* id, const char* county, const json& location) {
    json out{{"station_id", id}, {"county", county}};
    if (!location.is_null()) out["location"] = location;
    return out;
}

std::vector<std::string> ids(const std::vector<Shop>& shops) {
    std::vector<std::string> out;
    for (const auto& s : shops) out.push_back(s.station->at("station_id"));
    return out;
}
using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a degree of a meridian is a 360th of the circle, antipodes are half of it, a place is nowhere from itself") {
    const double degree = 6371.0088 * std::numbers::pi / 180;
    CHECK(distance_km({34, 108}, {35, 108}) == Approx(degree));
    CHECK(distance_km({0, 0}, {0, 1}) == Approx(degree));
    CHECK(distance_km({0, 0}, {0, 180}) == Approx(180 * degree));
    CHECK(distance_km({60, 10}, {60, 11}) == Approx(degree / 2).epsilon(0.001));  // a parallel at 60° is half as long
    CHECK(distance_km({34.3, 108.7}, {34.3, 108.7}) == 0);
    CHECK(distance_km({34.3, 108.7}, {34.4, 108.9}) == Approx(distance_km({34.4, 108.9}, {34.3, 108.7})));
}

TEST_CASE("shops come by distance, in another county too; those without a place after them, of the own county first") {
    const json shops{shop("M1", "610404", nullptr), shop("M2", "610428", {{"lat", 34.1}, {"lon", 108.0}}),
                     shop("M3", "610404", {{"lat", 34.3}, {"lon", 108.0}}), shop("M0", "610428", nullptr)};
    CHECK(ids(shops_by_distance(shops, Place{34.0, 108.0}, "610404")) == Ids{"M2", "M3", "M1", "M0"});
    const auto unknown = shops_by_distance(shops, std::nullopt, "610404");
    CHECK(ids(unknown) == Ids{"M1", "M3", "M0", "M2"});
    CHECK_FALSE(unknown[1].km);
    CHECK_FALSE(place_of(json()));
    CHECK_FALSE(place_of({{"location", {{"lat", 1}}}}));
}

TEST_CASE("a price range is of the repairs that go with what failed, and of nothing else") {
    const json own{{"prices",
                    {{"items",
                      {{{"code", "EMI-CAT"}, {"labour_fee", 300}},
                       {{"code", "EMI-O2S"}, {"labour_fee", 80}},
                       {{"code", "ENG-OVER"}, {"labour_fee", 5000}},
                       {{"code", "FUE-INJ"}, {"labour_fee", 0}}}}}}};
    CHECK(price_range(own, {"co/idle"}) == "80–300");
    CHECK(price_range(own, {"hc/idle"}) == "300");
    CHECK(price_range(own, {"hc/idle", "co/high_idle"}) == "80–300");
    CHECK(price_range(own, {"appearance"}) == "—");
    CHECK(price_range(own, {}) == "—");
    CHECK(price_range(json::object(), {"co/idle"}) == "—");
}
