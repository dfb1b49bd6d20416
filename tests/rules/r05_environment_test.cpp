#include <catch2/catch.hpp>

#include "tests/support/readings.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

constexpr loop::Moment hour = 3'600'000;
const loop::Moment monday = loop::parse_moment("2026-03-02T08:00:00+08:00").value();

json in_air(int n, loop::Moment at, double t, double h, double p, const std::string& station = "I610404-01") {
    return a_test(
        n, loop::format_moment(at),
        {{"station_id", station}, {"environment", {{"temperature_c", t}, {"humidity_pct", h}, {"pressure_kpa", p}}}});
}

/// Six stations at heights of their own, four days of ten hours.
std::vector<json> a_week() {
    std::vector<json> out;
    int n = 0;
    for (int day = 0; day < 4; ++day)
        for (int h = 0; h < 10; ++h)
            for (int station = 1; station <= 6; ++station)
                out.push_back(in_air(++n, monday + (day * 24 + h) * hour + station * 60'000, 8 + h * 0.9 + station,
                                     50 + h + station, 96 - station * 0.6 + 0.05 * h - 0.3 * day,
                                     "I610404-0" + std::to_string(station)));
    return out;
}

}  // namespace

TEST_CASE("R05 is quiet about weather, heights and missing values") {
    CHECK(claims("R05", a_week()).empty());
    CHECK(claims("R05", {a_test(1, "2026-03-02T10:00:00+08:00")}).empty());
}

TEST_CASE("what no room and no weather can be is named") {
    CHECK(claims("R05", {in_air(1, monday, 50, 100, 107)}).empty());
    CHECK(claims("R05", {in_air(1, monday, 50.1, 100, 107)}) == Claims{"out_of_range"});
    CHECK(claims("R05", {in_air(1, monday, 20, 0, 96)}) == Claims{"out_of_range"});
    CHECK(claims("R05", {in_air(1, monday, 20, 40, 962)}) == Claims{"out_of_range"});
}

TEST_CASE("air that comes back to the tenth on several days was not measured; for a day it may have been read once") {
    const auto records = [](int days, double t, double h) {
        std::vector<json> out;
        for (int i = 0; i < 12; ++i)
            out.push_back(in_air(i + 1, monday + i % days * 24 * hour + i * hour / 4, t, h, 96 + 0.1 * i));
        return out;
    };
    CHECK(claims("R05", records(1, 18.4, 58.1)).empty());
    CHECK(claims("R05", records(2, 18.4, 58.1)).empty());
    CHECK(claims("R05", records(3, 18, 58)).empty());  // whole numbers come back by themselves
    CHECK(claims("R05", records(6, 18, 58)) == Claims{"frozen"});
    SuspectWorld world;
    for (const auto& r : records(3, 18.4, 58.1)) world.put(r);
    const auto flags = world.flags("R05");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "frozen");
    CHECK(flags[0].records.size() == 12);
}

TEST_CASE("one test unlike the hour's others is found, by the station's own usual difference") {
    auto week = a_week();
    week[57]["environment"]["pressure_kpa"] = week[57]["environment"]["pressure_kpa"].get<double>() + 2.6;
    CHECK(claims("R05", week) == Claims{"unlike_other_stations"});
    std::ranges::reverse(week);
    CHECK(claims("R05", week) == Claims{"unlike_other_stations"});
}

TEST_CASE("roadside checks are made at other heights than the stations'") {
    auto week = a_week();
    week[57]["environment"]["pressure_kpa"] = week[57]["environment"]["pressure_kpa"].get<double>() - 8;
    week[57]["reason"] = "roadside";
    CHECK(claims("R05", week).empty());
}
