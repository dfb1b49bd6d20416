#include <catch2/catch.hpp>

#include "tests/support/readings.hpp"

using namespace imloop::test;

namespace {

const std::string at = "2026-03-02T10:00:00+08:00";
json of_fuel(const json& fuel) { return a_test(1, at, {{"vehicle", {{"fuel", fuel}}}}); }
json by(const std::string& limits) {
    json r = a_test(1, at, {{"limits_in_force", limits}});
    for (auto& each : r["readings"]) each.erase("limit");
    return r;
}

}  // namespace

TEST_CASE("R07 knows which methods a fuel has") {
    for (const auto* fuel : {"petrol", "cng", "lpg", "methanol", "ethanol", "hybrid", "other"})
        CHECK(claims("R07", {of_fuel(fuel)}).empty());
    CHECK(claims("R07", {of_fuel(nullptr)}).empty());
    CHECK(claims("R07", {of_fuel("diesel")}) == Claims{"method_not_for_fuel"});
    CHECK(claims("R07", {of_fuel("electric")}) == Claims{"method_not_for_fuel"});
    CHECK(claims("R07", {a_smoke_test(1, at, 0.4, 0.42, 0.41)}).empty());
    CHECK(claims("R07", {a_smoke_test(1, at, 0.4, 0.42, 0.41, {{"vehicle", {{"fuel", "petrol"}}}})}) ==
          Claims{"method_not_for_fuel"});
}

TEST_CASE("limits are those of the method and of the day") {
    CHECK(claims("R07", {by("GB18285-2018/a")}).empty());
    CHECK(claims("R07", {by("GB18285-2018/b")}).empty());
    CHECK(claims("R07", {by("DB61/T 1-2026")}).empty());  // a standard we do not know
    CHECK(claims("R07", {by("GB18285-2005")}) == Claims{"limits_out_of_force"});
    CHECK(claims("R07", {by("GB3847-2018/a")}) == Claims{"limits_of_another_method"});
    json old = a_test(1, "2019-03-02T10:00:00+08:00", {{"limits_in_force", "GB18285-2005"}});
    CHECK(claims("R07", {old}).empty());
}

TEST_CASE("a limit of its own that is laxer than the table's is named, with what it let through") {
    json r = a_test(1, at);
    r["readings"][0]["limit"] = 0.61;
    CHECK(claims("R07", {r}) == Claims{"limit_laxer"});
    r["readings"][0]["limit"] = 0.3;  // a stricter one is the county's business
    CHECK(claims("R07", {r}).empty());
    r["limits_in_force"] = "GB18285-2018/b";
    r["readings"][0]["limit"] = 0.6;
    CHECK(claims("R07", {r}) == Claims{"limit_laxer"});
    r["vehicle"]["class"] = "M21";
    CHECK(claims("R07", {r}).empty());
}

TEST_CASE("a model that all others test on rollers is not tested at idle") {
    std::vector<json> records;
    const auto test = [&](const std::string& station, const char* method) {
        json r = a_test(static_cast<int>(records.size()) + 1, at,
                        {{"station_id", station}, {"method", method}, {"vehicle", {{"model", "SVW7167"}}}});
        if (method == std::string("asm")) r["readings"] = {reading("co", "5025", 0.1, "%")};
        records.push_back(r);
    };
    for (int i = 0; i < 8; ++i)
        for (const auto* station : {"I610404-02", "I610404-03", "I610404-04"}) test(station, "asm");
    test("I610404-01", "two_speed_idle");
    CHECK(claims("R07", records).empty());  // it may have no rollers
    test("I610404-01", "asm");
    CHECK(claims("R07", records) == Claims{"easier_than_model"});
    test("I610404-02", "two_speed_idle");
    CHECK(claims("R07", records).empty());  // others do it too
}
