#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

json on(int n, const char* day, const json& vehicle, const char* station = "I610404-01") {
    auto r = a_test(n, fmt::format("2026-{}T10:00:00+08:00", day));
    r["vehicle"].merge_patch(vehicle);
    r["station_id"] = station;
    return r;
}
json failed(int n, const char* day, const json& vehicle) {
    auto r = a_failed_test(n, fmt::format("2026-{}T10:00:00+08:00", day));
    r["vehicle"].merge_patch(vehicle);
    return r;
}
json plated(const std::string& plate) { return {{"plate", plate}}; }

std::vector<loop::rules::Flag> flags_of(const std::vector<json>& records) {
    SuspectWorld world;
    for (const auto& r : records) world.put(r, r["schema"] == "imloop/vehicle_event/1" ? "H610400-01" : "");
    return world.flags("V06");
}

}  // namespace

TEST_CASE("a plate to and fro between two VINs is on two cars; one that moved, or one slip, is not") {
    const json a{{"vin", a_vin(1)}}, b{{"vin", a_vin(2, "LGX")}};
    const auto flags = flags_of({on(1, "03-02", a), on(2, "03-03", b), on(3, "04-02", a), on(4, "04-03", b)});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "plate_on_two_vins");
    CHECK(flags[0].records == std::vector{id_of(4), id_of(3)});
    CHECK(flags[0].values[0].text.find("T001") == std::string::npos);
    CHECK(flags_of({on(1, "03-02", a), on(2, "03-03", a), on(3, "04-02", b), on(4, "04-03", b)}).empty());
    CHECK(flags_of({on(1, "03-02", a), on(2, "03-03", b), on(3, "04-02", a)}).empty());
}

TEST_CASE("plates of one VIN to and fro are two plates; a mistyped plate and a new one are not") {
    const json one = plated("陕D0T001"), other = plated("陕D8K3Q7"), slip = plated("陕D0T007");
    const auto flags = flags_of({on(1, "03-02", one), on(2, "04-02", other), on(3, "05-02", one)});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "vin_on_two_plates");
    CHECK(flags[0].records[0] == id_of(2));
    CHECK(flags_of({on(1, "03-02", one), on(2, "04-02", slip), on(3, "05-02", one)}).empty());
    CHECK(flags_of({on(1, "03-02", one), on(2, "04-02", other), on(3, "05-02", other)}).empty());
}

TEST_CASE("plate, fuel and class may not change between a failure and the next test") {
    const auto claim = [](const json& before, const json& after) {
        const auto flags = flags_of({failed(1, "03-02", before), on(2, "03-05", after)});
        return flags.empty() ? std::string() : flags[0].claim;
    };
    CHECK(claim(plated("陕D0T001"), plated("陕D8K3Q7")) == "plate_changed_after_failure");
    CHECK(claim(plated("陕D0T001"), plated("陕D0T010")) == "");
    CHECK(claim({{"fuel", "petrol"}}, {{"fuel", "diesel"}}) == "fuel_changed_after_failure");
    CHECK(claim({{"fuel", "petrol"}}, {{"fuel", "cng"}}) == "");
    CHECK(claim({{"class", "K33"}}, {{"class", "H31"}}) == "class_changed_after_failure");
    CHECK(claim({{"class", "K33"}}, {{"class", "K31"}}) == "");
}

TEST_CASE("a new plate the police report is no dodge") {
    const json event{{"schema", "imloop/vehicle_event/1"},
                     {"record_id", id_of(9)},
                     {"station_id", "H610400-01"},
                     {"occurred_at", "2026-03-04T00:00:00+08:00"},
                     {"time_precision", "day"},
                     {"vehicle", {{"vin", "LSVAA4182E2000013"}, {"plate", "陕D0T001"}, {"plate_kind", "02"}}},
                     {"event", "replated"},
                     {"new_plate", "陕D8K3Q7"},
                     {"authority", "市公安局交警支队"}};
    CHECK(flags_of({failed(1, "03-02", plated("陕D0T001")), event, on(2, "03-05", plated("陕D8K3Q7"))}).empty());
}

TEST_CASE("a check digit that is wrong alike at two stations is no slip; at one, or right elsewhere, it is") {
    const json wrong{{"vin", "LSVAA4183E2000013"}}, right{{"vin", "LSVAA418XE2000013"}};
    REQUIRE(loop::vin_proven("LSVAA418XE2000013"));
    const auto flags = flags_of({on(1, "03-02", wrong), on(2, "04-02", wrong, "I610404-02")});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "check_digit_wrong");
    CHECK(flags_of({on(1, "03-02", wrong), on(2, "04-02", wrong)}).empty());
    CHECK(flags_of({on(1, "03-02", wrong), on(2, "04-02", wrong, "I610404-02"), on(3, "05-02", right)}).empty());
}
