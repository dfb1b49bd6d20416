#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

json with(const json& vehicle) { return {{"vehicle", vehicle}}; }
json power(double kw) { return with({{"rated_power_kw", kw}}); }
constexpr auto failed_at = "2026-03-02T10:00:00+08:00", passed_at = "2026-03-06T10:00:00+08:00",
               next_year = "2027-03-02T10:00:00+08:00";

std::vector<loop::rules::Flag> flags_of(const std::vector<json>& records) {
    SuspectWorld world;
    for (const auto& r : records) world.put(r);
    return world.flags("R06");
}

}  // namespace

TEST_CASE("a rated power lowered between a failure and its pass is flagged at the pass") {
    const auto flags = flags_of({a_failed_test(1, failed_at, power(339)), a_test(2, passed_at, power(120))});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "differs_between_tests");
    CHECK(flags[0].grade == loop::rules::Grade::strong);
    CHECK(flags[0].records == std::vector{id_of(2), id_of(1)});
    CHECK(flags[0].values[1] == loop::rules::Value{"value", "120", "kW"});
    CHECK(flags[0].values[2] == loop::rules::Value{"usual", "339", "kW"});
}

TEST_CASE("of three tests the one that has a value of its own is the odd one") {
    const auto flags =
        flags_of({a_test(1, failed_at, power(90)), a_test(2, passed_at, power(150)), a_test(3, next_year, power(90))});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].records[0] == id_of(2));
}

TEST_CASE("five percent, a mistyped digit, a value that is missing are no alteration") {
    CHECK(flags_of({a_failed_test(1, failed_at, power(100)), a_test(2, passed_at, power(95))}).empty());
    CHECK(flags_of({a_failed_test(1, failed_at, power(100)), a_test(2, passed_at, power(94))}).size() == 1);
    CHECK(flags_of({a_failed_test(1, failed_at, power(339)), a_test(2, passed_at, power(393))}).empty());
    CHECK(flags_of({a_failed_test(1, failed_at, power(120)), a_test(2, passed_at, power(1200))}).empty());
    CHECK(flags_of({a_failed_test(1, failed_at, power(339)), a_test(2, passed_at)}).empty());
    CHECK(flags_of({a_failed_test(1, failed_at, power(339)), a_test(2, passed_at, power(0))}).empty());
}

TEST_CASE("stage and date of registration may not change between a failure and its pass") {
    const auto words = [](const char* stage, const char* day) {
        return with({{"emission_stage", stage}, {"registered_on", day}});
    };
    CHECK(flags_of({a_failed_test(1, failed_at, words("国V", "2018-05-02")),
                    a_test(2, passed_at, words("国III", "2009-05-02"))})
              .size() == 2);
    CHECK(flags_of({a_failed_test(1, failed_at, words("国V", "2018-05-02")),
                    a_test(2, passed_at, words("国V", "2018-05-20"))})
              .empty());
}

TEST_CASE("of two stages the older one is in question, whichever test has it") {
    const auto stage = [](const char* code) { return with({{"emission_stage", code}}); };
    CHECK(
        flags_of({a_failed_test(1, failed_at, stage("国II")), a_test(2, passed_at, stage("国IV"))}).at(0).records[0] ==
        id_of(1));
    CHECK(
        flags_of({a_failed_test(1, failed_at, stage("国IV")), a_test(2, passed_at, stage("国II"))}).at(0).records[0] ==
        id_of(2));
}

TEST_CASE("a value no group of the model's vehicles has is flagged; a variant of some size is not") {
    SuspectWorld world;
    const auto put = [&](int n, double kw) {
        auto r = a_test(n, "2026-03-02T10:00:00+08:00", {{"method", "two_speed_idle"}});
        r["vehicle"].merge_patch(a_vehicle(n));
        r["vehicle"]["rated_power_kw"] = kw;
        world.put(r);
    };
    for (int n = 0; n < 60; ++n) put(n, n % 2 ? 110 : 151);
    for (int n = 60; n < 63; ++n) put(n, 81);
    put(70, 66);
    const auto flags = world.flags("R06");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "unlike_its_model");
    CHECK(flags[0].records == std::vector{id_of(70)});
    CHECK(flags[0].score_permille == 850);
    CHECK(flags[0].values[2] == loop::rules::Value{"usual", "81", "kW"});
}

TEST_CASE("a stage that no vehicle of the model registered about then has is flagged; an older vehicle's own is not") {
    SuspectWorld world;
    for (int n = 0; n < 120; ++n) {
        auto r = a_test(n, "2026-03-02T10:00:00+08:00");
        r["vehicle"].merge_patch(a_vehicle(n, "LSV", "AA41", n == 5 ? '5' : 'E'));
        r["vehicle"]["registered_on"] = fmt::format("20{}-03-02", n == 5 ? "05" : n % 2 ? "19" : "16");
        r["vehicle"]["emission_stage"] = n == 5 || n == 7 ? "国II" : n % 2 ? "国VI" : "国V";
        world.put(r);
    }
    auto flags = world.flags("R06");
    std::erase_if(flags, [](const auto& f) { return f.claim == "stage_was_over"; });
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].records == std::vector{id_of(7)});
    CHECK(flags[0].values[2].text == "国VI");
}

TEST_CASE("few vehicles of a model, or values all over, make no consensus") {
    SuspectWorld few, various;
    for (int n = 0; n < 19; ++n) {
        auto r = a_test(n, "2026-03-02T10:00:00+08:00");
        r["vehicle"].merge_patch(a_vehicle(n));
        r["vehicle"]["mass_kg"] = n == 0 ? 1000 : 1500;
        few.put(r);
    }
    CHECK(few.flags("R06").empty());
    for (int n = 0; n < 40; ++n) {
        auto r = a_test(n, "2026-03-02T10:00:00+08:00");
        r["vehicle"].merge_patch(a_vehicle(n));
        r["vehicle"]["mass_kg"] = n < 20 ? 1500 : 1700 + 200 * n;
        various.put(r);
    }
    CHECK(various.flags("R06").empty());
}

TEST_CASE("a vehicle is not registered before the year in its VIN") {
    const auto claims_of = [](char year, const char* registered_on, bool proven = true) {
        json vehicle = a_vehicle(1, "LSV", "AA41", year);
        vehicle["registered_on"] = registered_on;
        if (!proven) vehicle["vin"] = vehicle["vin"].get<std::string>().substr(0, 16);
        return flags_of({a_test(1, failed_at, {{"vehicle", vehicle}})}).size();
    };
    CHECK(claims_of('J', "2006-05-02") == 1);  // 2018; 18 years after 1988
    CHECK(claims_of('J', "2016-05-02") == 1);
    CHECK(claims_of('J', "2017-05-02") == 0);
    CHECK(claims_of('J', "2021-05-02") == 0);
    CHECK(claims_of('J', "1996-05-02") == 0);  // 1988, long unsold
    CHECK(claims_of('J', "2006-05-02", false) == 0);
}

TEST_CASE("no new vehicle had a stage that was over") {
    const auto claims_of = [](const char* stage, const char* registered_on, const char* vehicle_class = "K33") {
        json vehicle = {{"emission_stage", stage}, {"registered_on", registered_on}, {"class", vehicle_class}};
        vehicle["vin"] = nullptr;
        return flags_of({a_test(1, failed_at, {{"vehicle", vehicle}})}).size();
    };
    CHECK(claims_of("国III", "2018-05-02") == 1);
    CHECK(claims_of("国III", "2016-12-31") == 0);
    CHECK(claims_of("国III", "2018-05-02", "M21") == 0);  // a motorcycle's stages end on other days
    CHECK(claims_of("国VI", "2025-05-02") == 0);
}
