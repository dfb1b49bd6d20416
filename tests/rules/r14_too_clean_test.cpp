#include <catch2/catch.hpp>

#include "tests/support/readings.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

json clean(const std::string& stage, const std::string& registered_on, double value) {
    json r = a_test(1, "2026-03-02T10:00:00+08:00",
                    {{"vehicle", {{"emission_stage", stage}, {"registered_on", registered_on}}}});
    for (auto& each : r["readings"]) each["value"] = value;
    return r;
}

/// `equal` of `tests` with three equal peaks.
std::vector<json> smoke(int tests, int equal, double peak = 0.62) {
    std::vector<json> out;
    const auto first = loop::parse_moment("2026-03-02T09:00:00+08:00").value();
    for (int i = 0; i < tests; ++i) {
        const double more = i < equal ? 0 : 0.03;
        out.push_back(a_smoke_test(i + 1, loop::format_moment(first + i * 900'000), peak, peak + more, peak - more));
    }
    return out;
}

}  // namespace

TEST_CASE("R14: nothing at all from an old car needs a look, a little or a newer car does not") {
    CHECK(claims("R14", {clean("国III", "2009-05-01", 0)}) == Claims{"nothing_from_a_worn_car"});
    CHECK(claims("R14", {clean("国III", "2009-05-01", 0.01)}).empty());
    CHECK(claims("R14", {clean("国IV", "2009-05-01", 0)}).empty());
    CHECK(claims("R14", {clean("国III", "2020-05-01", 0)}).empty());
    json driven = clean("国IV", "2011-05-01", 0);
    driven["obd"] = {{"mileage_km", 230'000}};
    CHECK(claims("R14", {driven}) == Claims{"nothing_from_a_worn_car"});
    CHECK(claims("R14", {a_test(1, "2026-03-02T10:00:00+08:00")}).empty());
}

TEST_CASE("three equal peaks happen; again and again at one station they do not") {
    CHECK(claims("R14", smoke(1, 1)).empty());
    CHECK(claims("R14", smoke(100, 5)).empty());
    CHECK(claims("R14", smoke(100, 20)) == Claims(20, "equal_peaks"));
    CHECK(claims("R14", smoke(100, 20, 0.29)).empty());  // too little smoke to differ
}

TEST_CASE("vehicles cleaner than all their peers are found where a station has several, peers and habits are quiet") {
    const auto world_with = [](int clean_ones, int clean_stations) {
        std::vector<json> out;
        const auto first = loop::parse_moment("2026-03-02T09:00:00+08:00").value();
        for (int station = 1; station <= 6; ++station)
            for (int i = 0; i < 60; ++i) {
                json r = a_test(
                    station * 100 + i, loop::format_moment(first + i * 600'000),
                    {{"station_id", "I610404-0" + std::to_string(station)}, {"vehicle", {{"emission_stage", "国IV"}}}});
                const bool clean = station <= clean_stations && i < clean_ones;
                // CO at idle from 10 % of its limit up; one twentieth of that.
                r["readings"][0]["value"] = clean ? 0.003 : 0.06 + 0.004 * i;
                for (int k = 1; k < 4; ++k) r["readings"][k]["value"] = clean ? 0.0 : k == 2 ? 0.01 : 1.0;
                out.push_back(r);
            }
        return claims("R14", out);
    };
    CHECK(world_with(0, 0).empty());
    CHECK(world_with(2, 1).empty());
    CHECK(world_with(5, 1) == Claims(5, "cleaner_than_all_peers"));
    CHECK(world_with(5, 6).empty());
}
