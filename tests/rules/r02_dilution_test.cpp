#include <catch2/catch.hpp>

#include "tests/support/readings.hpp"

using namespace imloop::test;

namespace {

json gases(double co, double co2, double o2, const json& more = json::object()) {
    json r = a_test(1, "2026-03-02T10:00:00+08:00", more);
    r["readings"][2]["value"] = co;
    r["readings"].push_back(reading("co2", "high_idle", co2, "%"));
    r["readings"].push_back(reading("o2", "high_idle", o2, "%"));
    return r;
}
const json failed = {{"verdict", "fail"}, {"failed_items", {"obd"}}};

}  // namespace

TEST_CASE("R02 is quiet about exhaust as it is") {
    CHECK(claims("R02", {gases(0.02, 15.32, 0.23)}).empty());
    CHECK(claims("R02", {gases(0.02, 14.88, 0.09)}).empty());  // a channel five hundredths low
    CHECK(claims("R02", {gases(0.05, 13.6, 2.6)}).empty());    // a small leak of the pipe
    CHECK(claims("R02", {gases(0.2, 11.4, 0.2, {{"vehicle", {{"fuel", "cng"}}}})}).empty());
    CHECK(claims("R02", {gases(0.2, 15.3, 0.2, {{"vehicle", {{"fuel", "cng"}}}})}).empty());  // driven on petrol
    CHECK(claims("R02", {a_test(1, "2026-03-02T10:00:00+08:00")}).empty());
}

TEST_CASE("under the floor of the standard nothing passes") {
    CHECK(claims("R02", {gases(0.05, 5.94, 12.9)}) == Claims{"under_floor"});
    CHECK(claims("R02", {gases(0.1, 6.0, 12.8)}) == Claims{"thinned_with_air"});
}

TEST_CASE("carbon that no oxygen explains was scaled away") {
    CHECK(claims("R02", {gases(0.05, 12.6, 0.3)}) == Claims{"carbon_missing"});
    CHECK(claims("R02", {gases(0.05, 12.6, 0.3, failed)}) == Claims{"carbon_missing"});
    CHECK(claims("R02", {gases(0.05, 17.6, 0.3)}) == Claims{"carbon_too_much"});
}

TEST_CASE("a pass on thinned gas needs a look, a fail does not") {
    CHECK(claims("R02", {gases(0.05, 13.1, 3.4)}).empty());  // just under 17 % of air
    CHECK(claims("R02", {gases(0.05, 11.5, 5.6)}) == Claims{"thinned_with_air"});
    CHECK(claims("R02", {gases(0.05, 11.5, 5.6, failed)}).empty());
}

TEST_CASE("diesel and unknown fuels have no balance of petrol") {
    CHECK(claims("R02", {gases(0.05, 9, 8, {{"vehicle", {{"fuel", "other"}}}})}).empty());
    CHECK(claims("R02", {gases(0.05, 9, 8, {{"vehicle", {{"fuel", nullptr}}}})}).empty());
}
