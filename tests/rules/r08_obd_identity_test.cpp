#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

json obd(const std::string& vin) { return {{"obd", {{"supported", true}, {"communicates", true}, {"vin", vin}}}}; }
const std::string own = "LSVAA418XE2000013";
constexpr auto march = "2026-03-02T10:00:00+08:00", october = "2026-10-02T10:00:00+08:00";

json own_test(int n, const char* at, const json& more = json::object()) {
    auto record = a_test(n, at, more);
    record["vehicle"]["vin"] = own;
    return record;
}

json with_vin(json record, const std::string& vin) {
    record["vehicle"]["vin"] = vin;
    return record;
}

}  // namespace

TEST_CASE("another vehicle's VIN in the control unit is flagged, its own or none is not") {
    SuspectWorld world;
    world.put(own_test(1, march, obd(own)));
    world.put(own_test(2, "2026-03-03T10:00:00+08:00"));
    world.put(own_test(3, "2026-03-04T10:00:00+08:00", obd("")));
    CHECK(world.flags("R08").empty());
    world.put(own_test(4, "2026-03-05T10:00:00+08:00", obd(a_vin(7, "LFV"))));
    const auto flags = world.flags("R08");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].records == std::vector{id_of(4)});
    CHECK(flags[0].grade == loop::rules::Grade::strong);
    CHECK(flags[0].values[1].text == "LSV***0013");
}

TEST_CASE("a VIN mistyped at the desk, a placeholder, a VIN the unit garbles are no mismatch") {
    for (const std::string typed : {"LSVAA418XE2000018", "LSVAA418XE200013", "LSVAA4X18E2000013"}) {
        SuspectWorld world;
        world.put(with_vin(own_test(1, march, obd(own)), typed));
        CHECK(world.flags("R08").empty());
    }
    for (const std::string said :
         {"00000000000000000", "11111111111111111", "FFFFFFFFFFFFFFFFF", "LSVAA4182E2000098"}) {
        SuspectWorld world;
        world.put(own_test(1, march, obd(said)));
        CHECK(world.flags("R08").empty());
    }
}

TEST_CASE("a VIN of the same kind may be a used control unit's, unless the vehicle's own answers near it") {
    SuspectWorld world;
    const std::string neighbour = "LSVAA4181E2000014";
    REQUIRE(loop::vin_proven(neighbour));
    world.put(own_test(1, march, obd(neighbour)));
    CHECK(world.flags("R08").empty());
    world.put(own_test(2, october, obd(own)));
    CHECK(world.flags("R08").empty());
    world.put(own_test(3, "2026-03-20T10:00:00+08:00", obd(own)));
    CHECK(world.flags("R08").size() == 1);
}

TEST_CASE("a used control unit that says the same at another station half a year later was fitted for good") {
    SuspectWorld world;
    const auto other = a_vin(7, "LFV");
    world.put(own_test(1, march, obd(other)));
    json later = own_test(2, october, obd(other));
    later["station_id"] = "I610404-02";
    world.put(later);
    CHECK(world.flags("R08").empty());
}

TEST_CASE("a station that can't read what others always read is named with its tests") {
    SuspectWorld world;
    const auto put = [&](int n, const char* station, bool reads) {
        auto vehicle = a_vehicle(n);
        auto r = a_test(n, march, obd(reads ? vehicle["vin"].get<std::string>() : ""));
        r["vehicle"].merge_patch(vehicle);
        r["station_id"] = station;
        world.put(r);
    };
    for (int n = 0; n < 60; ++n) put(n, "I610404-02", true);
    for (int n = 60; n < 62; ++n) put(n, "I610404-01", false);
    CHECK(world.flags("R08").empty());
    for (int n = 62; n < 70; ++n) put(n, "I610404-01", n % 2 == 0);
    const auto flags = world.flags("R08");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "vin_not_read_here");
    CHECK(flags[0].station_id == "I610404-01");
    CHECK(flags[0].records.size() == 6);
}
