#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

json at(int n, const char* day, double km, const json& more = json::object()) {
    json obd{{"mileage_km", km}};
    obd.merge_patch(more);
    return a_test(n, std::string(day) + "T10:00:00+08:00", {{"obd", obd}});
}

std::vector<loop::rules::Flag> flags_of(const std::vector<json>& records) {
    SuspectWorld world;
    for (const auto& r : records) world.put(r);
    return world.flags("V08");
}

}  // namespace

TEST_CASE("a mileage that runs backwards is flagged at the test that stands out") {
    const auto back = flags_of({at(1, "2026-03-02", 152'340), at(2, "2026-03-06", 61'977)});
    REQUIRE(back.size() == 1);
    CHECK(back[0].claim == "mileage_runs_backwards");
    CHECK(back[0].records == std::vector{id_of(2), id_of(1)});

    const auto spike =
        flags_of({at(1, "2026-03-02", 61'900), at(2, "2026-04-02", 98'345), at(3, "2026-05-02", 62'950)});
    REQUIRE(spike.size() == 1);
    CHECK(spike[0].records == std::vector{id_of(2), id_of(3)});
}

TEST_CASE("one digit wrong, missing, doubled or swapped is a slip of the hand") {
    for (const double typed : {52'340.0, 15'234.0, 1'522'340.0, 125'340.0, 102'340.0})
        CHECK(
            flags_of({at(1, "2026-03-02", 152'300), at(2, "2026-03-06", typed), at(3, "2026-03-20", 152'400)}).empty());
}

TEST_CASE("small steps back, a taxi's and a lorry's mileage, and what is not given are quiet") {
    CHECK(flags_of({at(1, "2026-03-02", 61'900), at(2, "2026-03-06", 61'850)}).empty());
    CHECK(flags_of({at(1, "2026-03-02", 61'900), at(2, "2026-03-06", 61'849)}).empty());  // a digit: 61'949
    CHECK(flags_of({at(1, "2025-03-02", 100'000), at(2, "2026-03-02", 330'000)}).empty());
    CHECK(flags_of({at(1, "2026-03-02", 100'000), at(2, "2026-03-12", 115'400)}).empty());
    CHECK(flags_of({at(1, "2026-03-02", 100'000), at(2, "2026-03-06", 0)}).empty());
}

TEST_CASE("further than can be driven is flagged") {
    const auto flags = flags_of({at(1, "2026-03-02", 31'900), at(2, "2026-03-03", 84'672)});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "mileage_too_far");
}

TEST_CASE("the distance since clearing can't outrun the odometer") {
    const auto with = [](double cleared) { return json{{"cleared_distance_km", cleared}}; };
    CHECK(flags_of({at(1, "2026-03-02", 61'900, with(1200)), at(2, "2026-03-06", 61'950, with(1350))}).empty());
    const auto flags = flags_of({at(1, "2026-03-02", 61'900, with(1200)), at(2, "2026-03-06", 61'950, with(4350))});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "cleared_distance_outruns_mileage");
    CHECK(flags_of({at(1, "2026-03-02", 61'900, with(4200)), at(2, "2026-03-06", 61'950, with(20))}).empty());
}

namespace {

json in_use(int n, const char* day, int runs, int chances, const json& more = json::object()) {
    json obd{{"cal_id", "03L906018DR"},
             {"in_use", {{"catalyst", {{"numerator", runs}, {"denominator", chances}}}}},
             {"cleared_distance_km", 9000}};
    obd.merge_patch(more);
    return a_test(n, std::string(day) + "T10:00:00+08:00", {{"obd", obd}});
}

}  // namespace

TEST_CASE("in-use counters that fall are flagged, with both their numbers") {
    CHECK(flags_of({in_use(1, "2026-03-02", 900, 1200), in_use(2, "2026-03-20", 900, 1201)}).empty());
    const auto flags = flags_of({in_use(1, "2026-03-02", 900, 1200), in_use(2, "2026-03-20", 300, 410)});
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "in_use_runs_backwards");
    CHECK(flags[0].records == std::vector{id_of(2), id_of(1)});
    CHECK(flags[0].values[0].text == "catalyst d 1200 → 410; catalyst n 900 → 300");
    CHECK(flags_of({in_use(1, "2026-03-02", 900, 1200), in_use(2, "2026-03-20", 901, 410)}).empty());  // one alone
}

TEST_CASE("clearing, another program, a repair and a counter that was full explain a fall") {
    const auto first = in_use(1, "2026-03-02", 900, 1200);
    CHECK(flags_of({first, in_use(2, "2026-03-20", 3, 4, {{"cleared_distance_km", 70}})}).empty());
    CHECK(flags_of({first, in_use(2, "2026-03-20", 3, 4, {{"cal_id", "03L906018DS"}})}).empty());
    CHECK(flags_of({first, a_repair(3, "2026-03-10T10:00:00+08:00"), in_use(2, "2026-03-20", 3, 4)}).empty());
    CHECK(flags_of({in_use(1, "2026-03-02", 65'000, 65'530), in_use(2, "2026-03-20", 32'900, 33'100)}).empty());
    CHECK(flags_of({first, in_use(2, "2026-03-20", 3, 4, {{"in_use", {{"catalyst", 3}}}})}).empty());
}

TEST_CASE("half a year on, a slip must leave what the vehicle usually runs") {
    // 352,000 km in 1,886 days: 187 a day, so 17,000 to 69,000 in half a year.
    const json registered{{"vehicle", {{"registered_on", "2021-01-01"}}}};
    const auto pair = [&](double before, double after) {
        auto a = at(1, "2026-03-02", before), b = at(2, "2026-09-02", after);
        a.merge_patch(registered), b.merge_patch(registered);
        return flags_of({a, b}).size();
    };
    CHECK(pair(352'000, 97'500) == 0);   // 397,500 without its first digit
    CHECK(pair(352'000, 155'000) == 1);  // 355,000 would be too little, 455,000 too much, 152,000 before it too
    CHECK(pair(352'000, 390'000) == 0);
}

TEST_CASE("what was driven since clearing tells a slip from a rolled odometer") {
    const auto cleared = [](double km) { return json{{"cleared_distance_km", km}}; };
    // The true mileage is 161,500: 61,500 is that with a digit gone.
    CHECK(flags_of({at(1, "2026-03-02", 152'000, cleared(20'000)), at(2, "2026-06-02", 61'500, cleared(29'500))})
              .empty());
    CHECK(flags_of({at(1, "2026-03-02", 152'000, cleared(20'000)), at(2, "2026-06-02", 57'000, cleared(29'500))})
              .size() == 1);
    CHECK(flags_of({at(1, "2026-03-02", 152'000), at(2, "2026-06-02", 57'000)}).empty());
    // Cleared again between: at least what was driven since then.
    CHECK(
        flags_of({at(1, "2026-03-02", 152'000, cleared(20'000)), at(2, "2026-06-02", 57'000, cleared(4'000))}).empty());
    CHECK(
        flags_of({at(1, "2026-03-02", 152'000, cleared(20'000)), at(2, "2026-06-02", 57'000, cleared(8'000))}).size() ==
        1);
}
