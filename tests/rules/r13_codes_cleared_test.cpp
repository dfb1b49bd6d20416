#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

json obd(const json& more) {
    json out{{"communicates", true}, {"mil_on", false}, {"readiness", {{"catalyst", true}, {"o2_sensor", true}}}};
    out.merge_patch(more);
    return {{"obd", out}};
}

std::size_t flags_of(const json& record) {
    SuspectWorld world;
    world.put(record);
    return world.flags("R13").size();
}
constexpr auto at = "2026-03-02T10:00:00+08:00";
std::size_t with(const json& more) { return flags_of(a_test(1, at, obd(more))); }

}  // namespace

TEST_CASE("complete monitors right after clearing were not earned") {
    CHECK(with({{"cleared_distance_km", 9}}) == 1);
    CHECK(with({{"cleared_distance_km", 10}}) == 0);
    CHECK(with({{"cleared_distance_km", 4}, {"cleared_warm_ups", 1}}) == 1);
    CHECK(with({{"cleared_warm_ups", 2}}) == 1);
    CHECK(with({{"cleared_warm_ups", 3}}) == 0);
    CHECK(with({{"cleared_distance_km", 4000}, {"cleared_warm_ups", 2}}) == 0);
}

TEST_CASE("zeros that equipment writes, monitors that run always, monitors not complete say nothing") {
    CHECK(with({{"cleared_distance_km", 0}, {"cleared_warm_ups", 0}}) == 0);
    CHECK(with({{"cleared_distance_km", 5}, {"readiness", {{"catalyst", false}}}}) == 0);
    CHECK(with({{"cleared_distance_km", 5},
                {"readiness", {{"catalyst", nullptr}, {"o2_sensor", nullptr}, {"misfire", true}}}}) == 0);
    CHECK(with({{"cleared_distance_km", 5}, {"communicates", false}}) == 0);
    CHECK(flags_of(a_failed_test(1, at, obd({{"cleared_distance_km", 5}}))) == 0);
    CHECK(flags_of(a_test(1, at)) == 0);
}

TEST_CASE("a permanent code with the lamp off and a pass contradicts complete monitors, not incomplete ones") {
    const json code{{"permanent_dtcs", {"P0420"}}};
    CHECK(with(code) == 1);
    json incomplete = code, lamp = code;
    incomplete["readiness"] = {{"catalyst", false}};
    lamp["mil_on"] = true;
    CHECK(with(incomplete) == 0);
    CHECK(with(lamp) == 0);
}
