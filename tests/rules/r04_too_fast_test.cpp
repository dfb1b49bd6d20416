#include <catch2/catch.hpp>

#include "tests/support/readings.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

json lasting(int n, const std::string& ended_at, int seconds, const std::string& station = "I610404-01") {
    const auto end = loop::parse_moment(ended_at).value();
    return a_test(n, ended_at, {{"started_at", loop::format_moment(end - seconds * 1000)}, {"station_id", station}});
}

/// Five stations, 60 tests each of 150 s and more; the first one's take `own` seconds and more.
std::vector<json> a_month(int own) {
    std::vector<json> out;
    const auto first = loop::parse_moment("2026-03-09T09:00:00+08:00").value();
    for (int station = 1; station <= 5; ++station)
        for (int i = 0; i < 60; ++i)
            out.push_back(lasting(station * 100 + i, loop::format_moment(first + i * 600'000),
                                  (station == 1 ? own : 150) + i % 20, "I610404-0" + std::to_string(station)));
    return out;
}

}  // namespace

TEST_CASE("R04 takes the method's shortest time with its tolerance") {
    CHECK(claims("R04", {lasting(1, "2026-03-02T10:00:00+08:00", 80)}).empty());
    CHECK(claims("R04", {lasting(1, "2026-03-02T10:00:00+08:00", 79)}) == Claims{"shorter_than_method"});
}

TEST_CASE("each ASM mode that was taken needs its time") {
    const auto asm_test = [](int seconds, bool both) {
        auto r = lasting(1, "2026-03-02T10:00:00+08:00", seconds);
        r["method"] = "asm";
        r["readings"] = {reading("co", "5025", 0.1, "%"), reading("hc", "5025", 20, "ppm"),
                         reading("no", "5025", 100, "ppm")};
        if (both) r["readings"].push_back(reading("co", "2540", 0.1, "%"));
        return claims("R04", {r});
    };
    CHECK(asm_test(10, false).empty());
    CHECK(asm_test(30, true).empty());
    CHECK(asm_test(29, true) == Claims{"shorter_than_method"});
}

TEST_CASE("a test far shorter than its peers and its own station's is found") {
    auto records = a_month(150);
    CHECK(claims("R04", records).empty());
    records.push_back(lasting(999, "2026-03-09T20:00:00+08:00", 85));
    SuspectWorld world;
    for (const auto& r : records) world.put(r);
    const auto flags = world.flags("R04");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "shorter_than_peers");
    CHECK(flags[0].records == std::vector{id_of(999)});
    CHECK(flags[0].values[1].text == "150");
}

TEST_CASE("a station whose tests are all brief has a habit, which is no test's fault") {
    CHECK(claims("R04", a_month(85)).empty());
}

TEST_CASE("too few peers judge nobody") {
    auto records = a_month(150);
    std::erase_if(records, [](const json& r) { return r["station_id"] > "I610404-03"; });
    records.push_back(lasting(999, "2026-03-09T20:00:00+08:00", 85));
    CHECK(claims("R04", records).empty());
}
