#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

const loop::Moment ten = loop::parse_moment("2026-03-02T10:00:00+08:00").value();
constexpr loop::Moment second = 1000, minute = 60 * second;

/// From and to in seconds after ten.
json test_from(int n, int from, int to, const json& more = json::object()) {
    auto r =
        a_test(n, loop::format_moment(ten + to * second), {{"started_at", loop::format_moment(ten + from * second)}});
    r["vehicle"].merge_patch(a_vehicle(n));
    r.merge_patch(more);
    return r;
}

json of_vehicle(json record, int n) {
    record["vehicle"].merge_patch(a_vehicle(n));
    return record;
}

std::vector<loop::rules::Flag> flags_of(const std::vector<json>& records) {
    SuspectWorld world;
    for (const auto& r : records) world.put(r);
    return world.flags("V03");
}

}  // namespace

TEST_CASE("two cars on one line at once, but not one after the other, on two lines, or on two days") {
    const auto flags = flags_of({test_from(1, 0, 300), test_from(2, 60, 360)});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "two_cars_on_one_line");
    CHECK(flags[0].records == std::vector{id_of(2), id_of(1)});
    CHECK(flags_of({test_from(1, 0, 300), test_from(2, 300, 600)}).empty());
    CHECK(flags_of({test_from(1, 0, 300), test_from(2, 60, 360, {{"line_id", "L2"}})}).empty());
    CHECK(flags_of({test_from(1, 0, 300), test_from(2, 86'460, 86'760)}).empty());
}

TEST_CASE("the next car logged in early is no second car: ninety seconds, or a third of the shorter test") {
    CHECK(flags_of({test_from(1, 0, 240), test_from(2, 150, 390)}).empty());
    CHECK(flags_of({test_from(1, 0, 240), test_from(2, 149, 389)}).size() == 1);
    CHECK(flags_of({test_from(1, 0, 600), test_from(2, 420, 1020)}).empty());
}

TEST_CASE("two records of one car, its VIN mistyped in one, are one car") {
    auto again = of_vehicle(test_from(2, 60, 360), 1);
    again["vehicle"]["vin"] = a_vin(1).substr(0, 16);
    CHECK(flags_of({test_from(1, 0, 300), again}).empty());
}

TEST_CASE("an inspector's one test away from the day's line is flagged, one who serves several lines is not") {
    const auto day = [](int away_every) {
        std::vector<json> records;
        for (int n = 0; n < 20; ++n) records.push_back(test_from(100 + n, n * 600, n * 600 + 300));
        for (int n = 0; n < 20; n += away_every)
            records.push_back(test_from(200 + n, n * 600 + 30, n * 600 + 330, {{"line_id", "L2"}}));
        return records;
    };
    const auto flags = flags_of(day(20));
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "inspector_on_two_lines");
    CHECK(flags_of(day(2)).empty());
}

TEST_CASE("one vehicle at two stations within minutes, clocks allowed for, comparisons aside") {
    const json elsewhere{{"station_id", "I610404-02"}};
    const auto later = [&](int minutes) {
        return of_vehicle(test_from(2, 300 + minutes * 60, 600 + minutes * 60, elsewhere), 1);
    };
    CHECK(flags_of({test_from(1, 0, 300), later(10)}).empty());
    const auto flags = flags_of({test_from(1, 0, 300), later(9)});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "two_stations_too_soon");
    CHECK(flags[0].other_station_id == "I610404-01");
    auto comparison = later(2);
    comparison["reason"] = "comparison";
    CHECK(flags_of({test_from(1, 0, 300), comparison}).empty());
}

TEST_CASE("known places a hundred kilometres apart need the drive") {
    SuspectWorld world;
    const auto place = [&](const char* station, double lat) {
        world.put(a_registration(station, {{"location", {{"lat", lat}, {"lon", 108.7}}}, {"valid_from", "2021-01-01"}}),
                  "H610400-01");
    };
    place("I610404-01", 34.3);
    place("I610404-02", 35.2);  // 100 km: 50 minutes at 120 km/h, 35 with the clocks
    world.put(test_from(1, 0, 300));
    world.put(of_vehicle(test_from(2, 300 + 36 * 60, 600 + 36 * 60, {{"station_id", "I610404-02"}}), 1));
    CHECK(world.flags("V03").empty());
    world.put(test_from(3, 86'400, 86'700));
    world.put(of_vehicle(test_from(4, 86'700 + 33 * 60, 87'000 + 33 * 60, {{"station_id", "I610404-02"}}), 3));
    CHECK(world.flags("V03").size() == 1);
}

TEST_CASE("in the shop and on the line, unless the shop brought it to the test or knows only the day") {
    const auto repair = [](const char* from, const char* to) {
        return of_vehicle(a_repair(9, to, {{"received_at", from}}), 1);
    };
    const auto flags =
        flags_of({test_from(1, 0, 300), repair("2026-03-02T08:00:00+08:00", "2026-03-02T12:00:00+08:00")});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "in_the_shop_and_on_the_line");
    CHECK(flags[0].records == std::vector{id_of(9), id_of(1)});
    CHECK(flags_of({test_from(1, 0, 300), repair("2026-03-02T08:00:00+08:00", "2026-03-02T10:20:00+08:00")}).empty());
    auto day_only = repair("2026-03-01T00:00:00+08:00", "2026-03-03T00:00:00+08:00");
    day_only["time_precision"] = "day";
    CHECK(flags_of({test_from(1, 0, 300), day_only}).empty());
}

TEST_CASE("of short tests more than the half of one cannot be the next car's wait") {
    CHECK(flags_of({test_from(1, 0, 100), test_from(2, 20, 120)}).size() == 1);
    CHECK(flags_of({test_from(1, 0, 100), test_from(2, 40, 140)}).empty());
    CHECK(flags_of({test_from(1, 0, 60), test_from(2, 20, 80)}).empty());
}
