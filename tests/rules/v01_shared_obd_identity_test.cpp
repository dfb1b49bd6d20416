#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

constexpr auto at = "2026-03-02T10:00:00+08:00";

json test_of(int n, const json& vehicle, const std::string& station, const json& obd) {
    auto r = a_test(n, at, {{"obd", obd}});
    r["station_id"] = station;
    r["vehicle"].merge_patch(vehicle);
    return r;
}
json software(const std::string& cal, const std::string& cvn) { return {{"cal_id", cal}, {"cvn", cvn}}; }
const json ours = software("03L906018DR", "A1B2C3D4"), simulator = software("ELM327V15", "12345678");

}  // namespace

TEST_CASE("a model, a maker and its sister plant share their software in peace") {
    SuspectWorld world;
    for (int n = 0; n < 40; ++n)
        world.put(test_of(n, a_vehicle(n, n % 2 ? "LSV" : "LFV", "AA4" + std::to_string(n % 3)),
                          n % 4 < 2 ? "I610404-01" : "I610404-02", ours));
    CHECK(world.flags("V01").empty());
}

TEST_CASE("one software on three makes of one station is one flag with all its records") {
    SuspectWorld world;
    const char* makers[] = {"LSV", "LFV", "LGX"};
    for (int n = 0; n < 2; ++n) world.put(test_of(n, a_vehicle(n, makers[n]), "I610404-01", simulator));
    CHECK(world.flags("V01").empty());
    world.put(test_of(2, a_vehicle(2, makers[2]), "I610404-01", simulator));
    const auto flags = world.flags("V01");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "software_on_many_makes");
    CHECK(flags[0].grade == loop::rules::Grade::strong);
    CHECK(flags[0].records.size() == 3);
    CHECK(flags[0].station_id == "I610404-01");
}

TEST_CASE("vehicles whose software a simulator was copied from are no strangers to it, wherever they are tested") {
    SuspectWorld world;
    const std::vector<std::string> makers = {"LGX", "LHG", "LJD", "LVS", "LBV", "LE4", "LDC", "LS5"};
    int n = 0;
    for (const auto* station : {"I610404-02", "I610404-03", "I610404-01"})
        for (int i = 0; i < 3; ++i, ++n) world.put(test_of(n, a_vehicle(n, "LSV"), station, ours));
    std::set<std::string> copied;
    for (const auto& maker : makers) {
        copied.insert(id_of(n));
        world.put(test_of(n, a_vehicle(n, maker), "I610404-01", ours)), ++n;
    }
    const auto flags = world.flags("V01");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "software_on_many_makes");
    CHECK(std::set<std::string>(flags[0].records.begin(), flags[0].records.end()) == copied);
    // Taken to other stations it answers for many there too: every vehicle is asked about.
    for (const auto* station : {"I610404-02", "I610404-03"})
        for (const auto& maker : makers)
            for (int i = 0; i < 2; ++i) world.put(test_of(n, a_vehicle(n, maker), station, ours)), ++n;
    std::size_t asked = 0;
    for (const auto& flag : world.flags("V01")) asked += flag.records.size();
    CHECK(asked == static_cast<std::size_t>(n));
}

TEST_CASE("placeholders and mistyped makers are no software of many makes") {
    SuspectWorld world;
    const char* makers[] = {"LSV", "LFV", "LGX", "LHG", "LJD"};
    int n = 0;
    for (const auto& obd : {software("", ""), software("NOTSUPPORTED", "A1B2C3D4"), software("0000", "00000000"),
                            software("12345678", "FFFFFFFF")})
        for (const auto* maker : makers) world.put(test_of(n, a_vehicle(n, maker), "I610404-01", obd)), ++n;
    for (const auto* vin : {"LSV0A4182E2000013", "LVSAA4182E2000013", "LSAVA4182E2000013"}) {
        auto r = test_of(++n, {{"vin", vin}, {"plate", fmt::format("陕D{:05}", n)}}, "I610404-01", ours);
        if (!loop::vin_proven(vin)) world.put(r);
    }
    CHECK(world.flags("V01").empty());
}

TEST_CASE("software that is another make's is flagged on the vehicle it does not belong to") {
    SuspectWorld world;
    for (int n = 0; n < 20; ++n) world.put(test_of(n, a_vehicle(n, "LSV"), n % 2 ? "I610404-01" : "I610404-02", ours));
    world.put(test_of(30, a_vehicle(30, "LGX"), "I610404-01", ours));
    const auto flags = world.flags("V01");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "software_of_another_make");
    CHECK(flags[0].records == std::vector{id_of(30)});
}

TEST_CASE("a model's software that stands at one station alone is found, a fleet's is not") {
    const auto world_of = [](const std::string& years) {
        SuspectWorld world;
        for (int n = 0; n < 60; ++n) world.put(test_of(n, a_vehicle(n), "I610404-02", ours));
        for (int n = 60; n < 70; ++n) {
            const char year = years[static_cast<std::size_t>(n) % years.size()];
            world.put(test_of(n, a_vehicle(n, "LSV", "AA41", year), "I610404-01", software("03L9X", "77AA12BC")));
        }
        return world.flags("V01");
    };
    const auto flags = world_of("EFGH");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "software_only_here");
    CHECK(flags[0].records.size() == 10);
    CHECK(world_of("E").empty());
}

TEST_CASE("counters that agree to the kilometre on three vehicles are one device's") {
    const json counters{{"cleared_distance_km", 3417}, {"cleared_warm_ups", 87}, {"mileage_km", 0}};
    SuspectWorld world;
    for (int n = 0; n < 2; ++n) world.put(test_of(n, a_vehicle(n), "I610404-01", counters));
    world.put(test_of(2, a_vehicle(2), "I610404-02", counters));
    CHECK(world.flags("V01").empty());
    world.put(test_of(3, a_vehicle(3), "I610404-01", counters));
    const auto flags = world.flags("V01");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "same_counters");
    SuspectWorld full;
    for (int n = 0; n < 4; ++n)
        full.put(test_of(n, a_vehicle(n), "I610404-01", {{"cleared_distance_km", 65535}, {"cleared_warm_ups", 255}}));
    CHECK(full.flags("V01").empty());
}

TEST_CASE("an OBD VIN that answers for two other vehicles, or for one while its own is tested, is borrowed") {
    const auto vin = a_vin(9);
    const json answers{{"vin", vin}};
    SuspectWorld world;
    world.put(test_of(1, a_vehicle(1), "I610404-01", answers));
    CHECK(world.flags("V01").empty());
    world.put(test_of(2, a_vehicle(2), "I610404-01", answers));
    const auto flags = world.flags("V01");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "obd_vin_answers_for_others");
    CHECK(flags[0].records.size() == 2);
    SuspectWorld with_own;
    with_own.put(test_of(1, a_vehicle(1), "I610404-01", answers));
    with_own.put(test_of(9, a_vehicle(9), "I610404-02", answers));
    REQUIRE(with_own.flags("V01").size() == 1);
    CHECK(with_own.flags("V01")[0].records == std::vector{id_of(1)});
}

namespace {

/// Forty of a model read elsewhere, and here `odd` with another protocol after as many usual ones, in turns or in a
/// row.
std::vector<loop::rules::Flag> read_by_another_protocol(int odd, bool in_turns, const char* elsewhere = "ISO 15765-4") {
    SuspectWorld world;
    const auto put = [&](int n, const char* station, const char* protocol) {
        auto r = a_test(n, loop::format_moment(loop::parse_moment(at).value() + n * 3'600'000LL),
                        {{"obd", {{"protocol", protocol}, {"readiness", {{"catalyst", true}}}}}});
        r["station_id"] = station;
        r["vehicle"].merge_patch(a_vehicle(n, "LSV", "AA41", "EFGH"[n / 2 % 4]));
        world.put(r);
    };
    for (int n = 0; n < 40; ++n) put(n, "I610404-02", n % 2 ? elsewhere : "ISO 15765-4");
    for (int i = 0; i < 2 * odd; ++i)
        put(100 + i, "I610404-01", (in_turns ? i % 2 == 0 : i < odd) ? "KWP2000" : "ISO 15765-4");
    return world.flags("V01");
}

}  // namespace

TEST_CASE("a protocol that a model has at one station alone is flagged where the same equipment reads both") {
    const auto flags = read_by_another_protocol(8, true);
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "protocol_only_here");
    CHECK(flags[0].records.size() == 8);
    CHECK(flags[0].values[0].text == "KWP2000");
    CHECK(read_by_another_protocol(2, true).empty());              // too few
    CHECK(read_by_another_protocol(8, false).empty());             // equipment that was changed
    CHECK(read_by_another_protocol(8, true, "KWP 2000").empty());  // as elsewhere
}

TEST_CASE("monitors that a model supports at one station alone are flagged likewise") {
    SuspectWorld world;
    const auto put = [&](int n, const char* station, const json& readiness) {
        auto r = a_test(n, loop::format_moment(loop::parse_moment(at).value() + n * 3'600'000LL),
                        {{"obd", {{"readiness", readiness}}}});
        r["station_id"] = station;
        r["vehicle"].merge_patch(a_vehicle(n, "LSV", "AA41", "EFGH"[n / 2 % 4]));
        world.put(r);
    };
    const json usual{{"catalyst", true}, {"evaporation", false}}, simulated{{"catalyst", true}};
    for (int n = 0; n < 40; ++n) put(n, "I610404-02", usual);
    for (int i = 0; i < 16; ++i) put(100 + i, "I610404-01", i % 2 ? usual : simulated);
    const auto flags = world.flags("V01");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "monitors_only_here");
    CHECK(flags[0].values[0].text == "catalyst");
}
