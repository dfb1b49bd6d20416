#include "i_station/shops.hpp"

#include <catch2/catch.hpp>
#include <numbers>

#include "i_station/question.hpp"

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
    CHECK(ids(shops_by_distance(shops, Location{34.0, 108.0}, "610404")) == Ids{"M2", "M3", "M1", "M0"});
    const auto unknown = shops_by_distance(shops, std::nullopt, "610404");
    CHECK(ids(unknown) == Ids{"M1", "M3", "M0", "M2"});
    CHECK_FALSE(unknown[1].km);
    CHECK_FALSE(location_of(json()));
    CHECK_FALSE(location_of({{"location", {{"lat", 1}}}}));
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

TEST_CASE("the gate asks of what can be a vehicle; what can't be one is said beside its field") {
    using imloop::station::page::Lang;
    const auto asked = [](Typed typed) { return question_of(typed, {Lang::zh}); };
    CHECK(asked({"陕D·0T001", "", "02", ""}).vehicle == json{{"plate", "陕D·0T001"}, {"plate_kind", "02"}});
    CHECK(asked({"", "LSVAA49J132000017", "", ""}).vehicle == json{{"vin", "LSVAA49J132000017"}});
    const auto problem = [&](Typed typed) {
        const auto q = asked(typed);
        return q.problems.empty() ? std::string("asked") : q.problems[0].field + "：" + q.problems[0].text;
    };
    CHECK(problem({"LSVAA49J132000017", "", "", ""}) == "plate：这里填的是 VIN，不是车牌。");
    CHECK(problem({"8K3Q7", "", "", ""}) == "plate：车牌缺少省份简称（如“陕”）：请补全。");
    CHECK(problem({"", "LSVAA49J13200001", "", ""}) == "vin：只有 16 位，VIN 应为 17 位。");
    CHECK(problem({"", "陕D0T001", "", ""}) == "vin：这里填的是车牌，不是 VIN。");
    CHECK(problem({"01940000-0000-7000-8000-000000000001", "", "", ""}) ==
          "plate：这是告知书的二维码，请输入车牌或 VIN。");
    CHECK(problem({"https://example.cn/", "", "", ""}) == "plate：这是网址，不是号码：请重新扫描或手工输入。");
    CHECK(problem({"无牌", "", "", ""}) == "plate：请填车牌或 VIN。");
    CHECK(problem({"", "", "02", ""}) == "plate：请填车牌或 VIN。");
    CHECK(problem({"8K3Q7", "LSVAA49J132000017", "", ""}) == "plate：车牌缺少省份简称（如“陕”）：请补全。");
}

TEST_CASE("a plate of an unusual form is asked for when it is asked again; what else is doubtful is asked and said") {
    using imloop::station::page::Lang;
    const auto first = question_of({"陕D8K", "", "", ""}, {Lang::zh});
    REQUIRE(first.problems.size() == 1);
    CHECK(question_of({"陕D8K", "", "", first.sure}, {Lang::zh}).vehicle == json{{"plate", "陕D8K"}});
    CHECK(question_of({"陕D8K3", "", "", first.sure}, {Lang::zh}).problems.size() == 1);
    const auto old = question_of({"陕D0T001", "LSVAA49J13200001", "", ""}, {Lang::zh});
    CHECK(old.vehicle == json{{"plate", "陕D0T001"}, {"vin", "LSVAA49J13200001"}});
    CHECK(old.remark == "VIN 应为 17 位；仍可保存，会按车牌查找。");
    CHECK(question_of({"陕D1OO10", "", "", ""}, {Lang::zh}).vehicle == json{{"plate", "陕D1OO10"}});
}
