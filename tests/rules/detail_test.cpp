// What rules read of a record, packed and read again.
#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

loop::ObdDetail obd_of(const json& obd) {
    SuspectWorld world;
    world.put(a_test(1, "2026-03-02T10:00:00+08:00", {{"obd", obd}}));
    world.settle();
    return loop::detail_of(world.projection.fact(id_of(1)).value()).inspection.value().obd.value();
}

}  // namespace

TEST_CASE("counters of in-use performance come back as they were sent") {
    const auto obd = obd_of({{"in_use",
                              {{"catalyst", {{"numerator", 812}, {"denominator", 1200}}},
                               {"oxygen_sensor", {{"denominator", 1199}}},
                               {"odd", "text"}}},
                             {"ignition_cycles", 4321},
                             {"lambda", 0.998}});
    REQUIRE(obd.in_use.size() == 2);
    CHECK(obd.in_use[0].monitor == "catalyst");
    CHECK(obd.in_use[0].numerator == 812);
    CHECK(obd.in_use[0].denominator == 1200);
    CHECK(obd.in_use[1].monitor == "oxygen_sensor");
    CHECK_FALSE(obd.in_use[1].numerator);
    CHECK(obd.in_use[1].denominator == 1199);
    CHECK(obd.ignition_cycles == 4321);
    CHECK(obd.lambda == 0.998);
}

TEST_CASE("counters that are not given are none") {
    const auto obd = obd_of({{"mileage_km", 61'900}});
    CHECK(obd.in_use.empty());
    CHECK_FALSE(obd.ignition_cycles);
    CHECK_FALSE(obd.lambda);
}

TEST_CASE("counters that are no object, and cycles below zero, are refused with their place") {
    for (const auto& [obd, place] : {std::pair<json, std::string>{{{"in_use", 3}}, "/obd/in_use"},
                                     {{{"ignition_cycles", -1}}, "/obd/ignition_cycles"},
                                     {{{"lambda", "1.0"}}, "/obd/lambda"}}) {
        const auto line = loop::admit(a_test(1, "2026-03-02T10:00:00+08:00", {{"obd", obd}}).dump(), "I610404-01",
                                      loop::parse_moment("2026-03-02T10:01:00+08:00").value());
        REQUIRE(line.problems.size() == 1);
        CHECK(line.problems[0].pointer == place);
    }
}

TEST_CASE("the register knows owner and bays of a station as registered") {
    SuspectWorld world;
    world.put(a_registration("M610404-03", {{"owner", "渭城机动车服务公司"}, {"bays", 6}, {"heavy_bays", 0}}),
              "H610400-01");
    world.settle();
    const auto at = loop::parse_moment("2026-03-02T10:00:00+08:00").value();
    const auto shop = world.projection.stations().at("M610404-03", at).value();
    CHECK(shop.owner == "渭城机动车服务公司");
    CHECK(shop.bays == 6);
    CHECK(shop.heavy_bays == 0);
    CHECK_FALSE(world.projection.stations().at("M610404-04", at)->bays);
    CHECK(world.projection.stations().since("M610404-03") == loop::parse_day("2020-01-01").value());
    CHECK_FALSE(world.projection.stations().since("M610404-99"));
}
