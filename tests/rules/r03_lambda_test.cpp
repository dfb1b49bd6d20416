#include <catch2/catch.hpp>

#include "tests/support/readings.hpp"

using namespace imloop::test;

namespace {

json gases(double co, double co2, double o2, double lambda, const json& more = json::object()) {
    json r = a_test(1, "2026-03-02T10:00:00+08:00", more);
    r["readings"][2]["value"] = co;
    r["readings"].push_back(reading("co2", "high_idle", co2, "%"));
    r["readings"].push_back(reading("o2", "high_idle", o2, "%"));
    r["readings"].push_back(reading("lambda", "high_idle", lambda, "1"));
    return r;
}

}  // namespace

TEST_CASE("R03 is quiet where lambda follows from the gases") {
    CHECK(claims("R03", {gases(0.02, 15.32, 0.23, 1.01)}).empty());
    CHECK(claims("R03", {gases(0.02, 14.49, 1.69, 1.08)}).empty());
    CHECK(claims("R03", {gases(0.02, 15.32, 0.23, 1.04)}).empty());  // 0.030 apart, and its share of the excess
    CHECK(claims("R03", {a_test(1, "2026-03-02T10:00:00+08:00")}).empty());
}

TEST_CASE("gas that was changed after lambda was computed is found") {
    // CO of 1.5 % written as 0.2 %: lambda was 0.98.
    CHECK(claims("R03", {gases(0.2, 14.0, 0.6, 0.98)}) == Claims{"lambda_not_of_the_gases"});
    // Thinned gas with a lambda typed to fit the limit.
    SuspectWorld world;
    world.put(gases(0.05, 12.5, 4.1, 1.02));
    const auto flags = world.flags("R03");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].grade == imloop::loop::rules::Grade::strong);
    CHECK(flags[0].values[2].text == "1.227");
}

TEST_CASE("gas fuels may be computed as petrol") {
    const json cng = {{"vehicle", {{"fuel", "cng"}}}};
    CHECK(claims("R03", {gases(0.1, 11.0, 1.0, 1.05, cng)}).empty());
    CHECK(claims("R03", {gases(0.1, 11.0, 1.0, 1.06, cng)}).empty());
    CHECK(claims("R03", {gases(0.1, 11.0, 1.0, 1.00, cng)}) == Claims{"lambda_not_of_the_gases"});
}

TEST_CASE("missing gases and a lambda that is no figure of an engine are no mismatch") {
    json r = gases(0.2, 14.0, 0.6, 0.9);
    r["readings"].erase(5);
    CHECK(claims("R03", {r}).empty());
    CHECK(claims("R03", {gases(0.2, 14.0, 0.6, 9.999)}).empty());
    CHECK(claims("R03", {gases(0.2, 14.0, 0.6, 0.9, {{"vehicle", {{"fuel", "diesel"}}}})}).empty());
}

TEST_CASE("the vehicle's own lambda in closed loop is that of the gases, or the gas is not its own") {
    const auto with = [](double obd_lambda, const json& more = json::object()) {
        json words{{"obd", {{"communicates", true}, {"mil_on", false}, {"lambda", obd_lambda}}}};
        words.merge_patch(more);
        return words;
    };
    // Thinned by a fifth, and lambda computed of the thinned gas: consistent in itself.
    const auto thinned = [&](const json& words) { return gases(0.02, 12.3, 4.35, 1.25, words); };
    CHECK(claims("R03", {thinned(with(1.0))}) == Claims{"gases_not_of_this_engine"});
    CHECK(claims("R03", {thinned(with(1.2))}).empty());                                 // lean by design
    CHECK(claims("R03", {thinned(with(1.0, {{"obd", {{"mil_on", true}}}}))}).empty());  // its sensor may be broken
    CHECK(claims("R03", {thinned(with(1.0, {{"obd", {{"dtcs", {"P0131"}}}}}))}).empty());
    CHECK(claims("R03", {thinned(with(1.0, {{"obd", {{"lambda", nullptr}}}}))}).empty());
    CHECK(claims("R03", {thinned(with(1.0, {{"vehicle", {{"fuel", "cng"}}}}))}).empty());
    CHECK(claims("R03", {gases(0.02, 14.49, 1.69, 1.08, with(1.0))}).empty());  // a small leak of the pipe
}
