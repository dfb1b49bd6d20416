#include <catch2/catch.hpp>
#include <cmath>

#include "tests/sim/random.hpp"
#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

constexpr auto failed_at = "2026-03-02T10:00:00+08:00", passed_at = "2026-03-06T10:00:00+08:00";

std::vector<loop::rules::Flag> flags_of(const std::vector<json>& records) {
    SuspectWorld world;
    for (const auto& r : records) world.put(r);
    return world.flags("V07");
}

std::string claim(const json& before, const json& after, bool repaired = true) {
    std::vector<json> records{a_failed_test(1, failed_at, before), a_test(2, passed_at, after)};
    if (repaired) records.push_back(a_repair(3, "2026-03-04T10:00:00+08:00"));
    const auto flags = flags_of(records);
    return flags.empty() ? std::string() : flags[0].claim;
}

json obd(const json& o) { return {{"obd", o}}; }

}  // namespace

TEST_CASE("another control unit at the retest is another car, new software alone is a repair") {
    const json old_one{{"cal_id", "03L906018DR"}, {"cvn", "A1B2C3D4"}, {"protocol", "CAN 11/500"}};
    json flashed = old_one, other = old_one;
    flashed.merge_patch({{"cal_id", "03L906018DS"}, {"cvn", "77B2C3D4"}});
    other.merge_patch({{"cal_id", "89663-0R020"}, {"cvn", "0102AB44"}, {"protocol", "KWP 5BAUD"}});
    CHECK(claim(obd(old_one), obd(other)) == "control_unit_changed");
    CHECK(claim(obd(old_one), obd(flashed)) == "");
    CHECK(claim(obd(old_one), obd(flashed), false) == "");  // four days: it may have been at its dealer's
    CHECK(claim(obd(old_one), obd(json{{"cal_id", ""}})) == "");
    CHECK(claim(obd({{"vin", "LSVAA418XE2000013"}}), obd({{"vin", a_vin(5, "LGX")}})) == "obd_vin_changed");
    CHECK(claim(obd({{"vin", "LSVAA418XE2000013"}}), obd({{"vin", "LSVAA418XE2000013"}})) == "");
}

TEST_CASE("petrol at the failure and natural gas at the retest is another car; dilution is not") {
    const auto gases = [](double co, double co2, double o2, bool fails) {
        json readings = json::array();
        for (const auto& [item, value] : {std::pair("co", co), std::pair("co2", co2), std::pair("o2", o2)})
            readings.push_back({{"item", item}, {"phase", "high_idle"}, {"unit", "%"}, {"value", value}});
        readings[0]["limit"] = 0.3;
        readings[0]["passed"] = !fails;
        return readings;
    };
    const auto test = [&](double co2_after, double o2_after) {
        json before = a_failed_test(1, failed_at);
        before["readings"] = gases(0.9, 14.2, 0.4, true);
        before["failed_items"] = {"co/high_idle"};
        json after = a_test(2, passed_at);
        after["readings"] = gases(0.02, co2_after, o2_after, false);
        const auto flags = flags_of({before, after});
        return flags.empty() ? std::string() : flags[0].claim;
    };
    CHECK(test(11.3, 0.3) == "another_fuel_burnt");
    CHECK(test(14.9, 0.3) == "");
    CHECK(test(11.3, 4.9) == "");
}

TEST_CASE("neighbours in a lane that are too alike again and again are a stand-in; an honest month is not") {
    const auto month = [](double stand_in_share) {
        SuspectWorld world;
        sim::Random random(7);
        int n = 0, pairs = 0;
        std::array<double, 3> last{};
        for (int day = 1; day <= 28; ++day)
            for (int i = 0; i < 20; ++i, ++n) {
                std::array<double, 3> values{};
                const bool copies = i > 0 && random.chance(stand_in_share);
                for (std::size_t k = 0; k < 3; ++k) {
                    const double own = std::exp(-2.0 + 2.2 * random.unit()), noise = 1 + 0.01 * random.unit();
                    values[k] = copies ? last[k] * noise : own;
                }
                last = values;
                pairs += copies;
                auto r = a_test(n, fmt::format("2026-03-{:02}T{:02}:{:02}:00+08:00", day, 8 + i / 3, i % 3 * 20),
                                {{"method", "vmas"}});
                r["readings"] = json::array();
                const char* items[] = {"co", "hc", "nox"};
                for (std::size_t k = 0; k < 3; ++k)
                    r["readings"].push_back({{"item", items[k]},
                                             {"phase", "cycle"},
                                             {"unit", "g/km"},
                                             {"value", values[k]},
                                             {"limit", 1.6}});
                r["vehicle"].merge_patch(a_vehicle(n, "LSV", fmt::format("AB{:02}", n % 90)));
                world.put(r);
            }
        return std::pair(world.flags("V07"), pairs);
    };
    CHECK(month(0).first.empty());
    const auto [flags, pairs] = month(0.06);
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].claim == "too_like_the_neighbour");
    CHECK(flags[0].records.size() >= static_cast<std::size_t>(pairs) * 9 / 10);
    CHECK(flags[0].records.size() <= static_cast<std::size_t>(pairs) + 6);
}
