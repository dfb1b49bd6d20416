#include <catch2/catch.hpp>

#include "tests/support/suspects.hpp"
#include "tests/support/vehicles.hpp"

using namespace imloop;
using namespace imloop::test;

namespace {

constexpr const char* failed_at = "2026-03-02T10:00:00+08:00";
constexpr const char* settled_at = "2026-03-03T15:00:00+08:00";
constexpr const char* retested_at = "2026-03-04T10:00:00+08:00";

/// A failure, the repair in question, a retest.
std::vector<loop::rules::Flag> flags_with(const std::string& rule, const json& repair_words, bool passes = true,
                                          const json& failure_words = json::object(),
                                          const std::string& settled = settled_at) {
    SuspectWorld world;
    world.put(a_failed_test(1, failed_at, failure_words));
    world.put(a_repair(2, settled, repair_words));
    const json retest{{"reason", "retest"}};
    world.put(passes ? a_test(3, retested_at, retest) : a_failed_test(3, retested_at, retest));
    return world.flags(rule);
}

std::string claim_of(const std::vector<loop::rules::Flag>& flags) { return flags.empty() ? "" : flags[0].claim; }

/// Another made-up vehicle for each number: its VIN is the number of a maker of its own.
json vehicle(int n) { return {{"plate", fmt::format("陕D{:05}", n)}, {"plate_kind", "02"}}; }

json with_vehicle(json record, int n) {
    record["vehicle"] = vehicle(n);
    return record;
}

json obd(const json& more) {
    json out{{"communicates", true},
             {"mil_on", true},
             {"dtcs", {"P0420"}},
             {"readiness", {{"catalyst", true}, {"o2_sensor", true}}}};
    out.merge_patch(more);
    return out;
}

}  // namespace

TEST_CASE("M01: a repair of minutes without parts needs a look, more so where the vehicle passed next") {
    const json ten_minutes{{"received_at", "2026-03-03T14:50:00+08:00"}};
    CHECK(claim_of(flags_with("M01", ten_minutes)) == "minutes_then_pass");
    CHECK(claim_of(flags_with("M01", ten_minutes, false)) == "minutes_without_parts");
    CHECK(flags_with("M01", {{"received_at", "2026-03-03T14:45:00+08:00"}}).empty());
    auto with_part = ten_minutes;
    with_part["parts"] = {{{"name", "火花塞"}, {"quantity", 4}}};
    CHECK(flags_with("M01", with_part).empty());
    CHECK(flags_with("M01",
                     {{"time_precision", "day"},
                      {"occurred_at", "2026-03-03T00:00:00+08:00"},
                      {"received_at", "2026-03-03T00:00:00+08:00"}},
                     true, json::object(), "2026-03-03T00:00:00+08:00")
              .empty());
}

TEST_CASE("M03: the same item fails again within days of the pass") {
    const auto again = [](const std::string& at, const std::string& item) {
        SuspectWorld world;
        world.put(a_failed_test(1, failed_at));
        world.put(a_repair(2, settled_at, {{"parts", {{{"name", "三元催化器"}, {"serial_no", "TC4711"}}}}}));
        world.put(a_test(3, retested_at, {{"reason", "retest"}}));
        auto later = a_failed_test(4, at, {{"reason", "roadside"}});
        if (item == "hc") {
            later["readings"][0]["value"] = 0.1;
            later["readings"][0]["passed"] = true;
            later["readings"][1]["value"] = 400;
            later["readings"][1]["passed"] = false;
            later["failed_items"] = {"hc/idle"};
        }
        world.put(later);
        return world.flags("M03").size();
    };
    CHECK(again("2026-03-15T10:00:00+08:00", "co") == 1);
    CHECK(again("2026-03-18T10:00:00+08:00", "co") == 1);
    CHECK(again("2026-03-18T11:00:00+08:00", "co") == 0);
    CHECK(again("2026-03-15T10:00:00+08:00", "hc") == 0);
}

TEST_CASE("M03: within the warranty of a remanufactured part, not after it, nor of a new one") {
    const auto again = [](const char* at, const char* origin) {
        SuspectWorld world;
        world.put(a_failed_test(1, failed_at));
        world.put(a_repair(2, settled_at, {{"parts", {{{"name", "三元催化器"}, {"origin", origin}}}}}));
        world.put(a_test(3, retested_at, {{"reason", "retest"}}));
        world.put(a_failed_test(4, at, {{"reason", "roadside"}}));
        return world.flags("M03").size();
    };
    CHECK(again("2026-06-12T10:00:00+08:00", "remanufactured") == 1);
    CHECK(again("2026-06-12T11:00:00+08:00", "remanufactured") == 0);
    CHECK(again("2026-06-12T10:00:00+08:00", "oem") == 0);
}

TEST_CASE("M04: what was repaired cannot have mended what failed") {
    const auto items = [](const char* code) { return json{{"items", {{{"code", code}, {"name", "所修"}}}}}; };
    CHECK(claim_of(flags_with("M04", items("ENG-OIL"))) == "cannot_have_mended");
    CHECK(claim_of(flags_with("M04", items("ENG-OIL"), false)) == "cannot_mend");
    CHECK(claim_of(flags_with("M04", items("EMI-SCR"))) == "cannot_have_mended");
    CHECK(flags_with("M04", items("COO-THER")).empty());
    CHECK(flags_with("M04", items("EMI-CAT")).empty());
    CHECK(flags_with("M04", items("IGN-COIL")).empty());
    CHECK(flags_with("M04", items("OTH-OTHER")).empty());
    CHECK(flags_with("M04", {{"items", {{{"code", "ENG-OIL"}}, {{"code", "INT-THR"}}}}}).empty());
}

TEST_CASE("M04: a code names what lit the lamp: oil and a thermostat put out few of them") {
    const auto claim = [](const char* item, std::vector<std::string> codes) {
        SuspectWorld world;
        auto failed = a_test(1, failed_at, {{"obd", obd({{"dtcs", codes}})}});
        failed["verdict"] = "fail", failed["failed_items"] = {"obd"};
        world.put(failed);
        world.put(a_repair(2, settled_at, {{"items", {{{"code", item}, {"name", "所修"}}}}}));
        return claim_of(world.flags("M04"));
    };
    CHECK(claim("ENG-OIL", {"P0420"}) == "cannot_mend");
    CHECK(claim("COO-THER", {"P0420", "P0401"}) == "cannot_mend");
    CHECK(claim("COO-THER", {"P0420", "P0128"}) == "");
    CHECK(claim("ENG-OIL", {"P0011"}) == "");
    CHECK(claim("ENG-OIL", {}) == "");
    CHECK(claim("EMI-O2S", {"P0420"}) == "");
}

TEST_CASE("M04: one work for all that its peers hardly do, a specialist's is theirs as well") {
    const auto flagged = [](int own, const char* work, int peers_of_it) {
        SuspectWorld world;
        int n = 0;
        const auto put = [&](const char* shop, const char* code) {
            ++n;
            json words = a_vehicle(n);
            words["fuel"] = "petrol";
            world.put(
                a_repair(100 + n, settled_at,
                         {{"station_id", shop},
                          {"vehicle", words},
                          {"items", {{{"code", code}, {"name", code}}, {{"code", "ECU-DIAG"}, {"name", "诊断"}}}}}));
        };
        for (int i = 0; i < own; ++i) put("M610404-03", work);
        for (int i = 0; i < 100; ++i) put("M610404-04", i < peers_of_it ? work : i % 2 ? "FUE-INJ" : "EMI-CATC");
        return world.flags("M04").size();
    };
    CHECK(flagged(6, "COO-THER", 0) == 6);
    CHECK(flagged(3, "COO-THER", 0) == 0);
    CHECK(flagged(30, "EMI-EGR", 4) == 0);
    CHECK(flagged(6, "OTH-OTHER", 0) == 0);
}

TEST_CASE("M05: charged above what was posted or quoted") {
    const auto world_with = [](double labour, double quoted, double total) {
        SuspectWorld world;
        world.put(json{{"schema", "imloop/price_list/1"},
                       {"record_id", id_of(50)},
                       {"station_id", "M610404-03"},
                       {"occurred_at", "2026-01-01T08:00:00+08:00"},
                       {"valid_from", "2026-01-01"},
                       {"items", {{{"code", "EMI-CAT"}, {"name", "更换三元催化器"}, {"labour_fee", 300}}}}});
        world.put(a_repair(2, settled_at,
                           {{"items", {{{"code", "EMI-CAT"}, {"name", "更换三元催化器"}, {"labour_fee", labour}}}},
                            {"quoted_fee", quoted},
                            {"total_fee", total}}));
        return claim_of(world.flags("M05"));
    };
    CHECK(world_with(300, 1800, 1800) == "");
    CHECK(world_with(450, 1800, 1800) == "");
    CHECK(world_with(510, 1800, 1800) == "above_posted");
    CHECK(world_with(300, 1000, 1500) == "");
    CHECK(world_with(300, 1000, 1600) == "above_quote");
}

TEST_CASE("M05: one round price for everything and no parts is no price of work") {
    const auto flagged = [](int at_one_price, double price) {
        SuspectWorld world;
        for (int i = 0; i < 20; ++i)
            world.put(with_vehicle(
                a_repair(100 + i, settled_at, {{"total_fee", i < at_one_price ? price : 400.0 + 13 * i}}), i));
        return world.flags("M05").size();
    };
    CHECK(flagged(12, 500) == 12);
    CHECK(flagged(11, 500) == 0);
    CHECK(flagged(15, 483.5) == 0);
}

TEST_CASE("M06: more hours than the stay or the day can hold") {
    const auto hours = [](double h) { return json{{"items", {{{"code", "EMI-CAT"}, {"labour_hours", h}}}}}; };
    CHECK(flags_with("M06", hours(11)).empty());  // 4 h of stay, 2.5 times, and one: 11
    CHECK(claim_of(flags_with("M06", hours(11.5))) == "longer_than_stay");

    const auto day = [](int repairs) {
        SuspectWorld world;
        for (int i = 0; i < repairs; ++i)
            world.put(with_vehicle(
                a_repair(100 + i, "2026-03-03T17:00:00+08:00",
                         {{"received_at", "2026-03-03T08:00:00+08:00"},
                          {"items", {{{"code", "ENG-VALVE"}, {"name", "检修气门"}, {"labour_hours", 6}}}}}),
                i));
        return world.flags("M06");
    };
    CHECK(day(5).empty());
    REQUIRE(day(6).size() == 1);
    CHECK(day(6)[0].records.size() == 6);
}

TEST_CASE("M06: more work between two moments than the shop's bays can hold, however it is planned") {
    // 4 h from first to last, one of allowance, hands of 2.5 times the standard: 12.5 hours a bay.
    const auto claims_of = [](int repairs, double hours, const json& registered) {
        SuspectWorld world;
        world.put(a_registration("M610404-03", registered), "H610400-01");
        for (int i = 0; i < repairs; ++i)
            world.put(with_vehicle(a_repair(100 + i, "2026-03-03T12:00:00+08:00",
                                            {{"technician_id", fmt::format("T{}", i)},
                                             {"items", {{{"code", "ENG-VALVE"}, {"labour_hours", hours}}}}}),
                                   i));
        return claim_of(world.flags("M06"));
    };
    CHECK(claims_of(5, 10, {{"bays", 4}}) == "");
    CHECK(claims_of(5, 10.1, {{"bays", 4}}) == "more_than_bays");
    CHECK(claims_of(5, 10.1, {{"bays", 5}}) == "");
    CHECK(claims_of(5, 10.1, json::object()) == "");
    CHECK(claims_of(5, 10.1, {{"bays", 0}}) == "");
}

TEST_CASE("M06: a heavy lorry where the register has no bay for one") {
    const auto claim_with = [](const json& registered, const json& vehicle_words) {
        SuspectWorld world;
        world.put(a_registration("M610404-03", registered), "H610400-01");
        world.put(a_repair(1, settled_at, {{"vehicle", vehicle_words}}));
        return claim_of(world.flags("M06"));
    };
    CHECK(claim_with({{"heavy_bays", 0}}, {{"class", "H11"}, {"mass_kg", 18'000}}) == "no_bay_fits");
    CHECK(claim_with({{"heavy_bays", 0}}, {{"class", "H11"}}) == "no_bay_fits");
    CHECK(claim_with({{"heavy_bays", 1}}, {{"class", "H11"}}) == "");
    CHECK(claim_with(json::object(), {{"class", "H11"}}) == "");
    CHECK(claim_with({{"heavy_bays", 0}}, {{"class", "H11"}, {"mass_kg", 1500}}) == "");
    CHECK(claim_with({{"heavy_bays", 0}}, {{"class", "K33"}}) == "");
}

TEST_CASE("M07: a repair that left the diagnosis blind") {
    const json before{{"obd", obd(json::object())}};
    const auto after = [&](const json& words) {
        return claim_of(flags_with("M07", {{"obd_after", obd(words)}}, true, before));
    };
    CHECK(after({{"mil_on", false}, {"dtcs", json::array()}}) == "");
    CHECK(after({{"communicates", false}}) == "communication_lost");
    CHECK(after({{"mil_on", false}, {"permanent_dtcs", {"P0420"}}}) == "lamp_dead");
    CHECK(after({{"mil_on", false},
                 {"dtcs", json::array()},
                 {"readiness", {{"catalyst", false}, {"o2_sensor", false}}}}) == "codes_wiped");
    CHECK(claim_of(flags_with("M07", json::object(), true, before)) == "");
}

TEST_CASE("M08: a repair before the failure it names, after the pass it should explain, or of another mileage") {
    const json named{{"fail_report_no", "R1"}};
    CHECK(flags_with("M08", named).empty());
    CHECK(claim_of(flags_with("M08", named, true, json::object(), "2026-03-01T10:00:00+08:00")) == "before_failure");
    CHECK(flags_with("M08", named, true, json::object(), "2026-03-02T09:00:00+08:00").empty());  // a clock
    CHECK(flags_with("M08", json::object(), true, json::object(), "2026-03-01T10:00:00+08:00").empty());
    CHECK(claim_of(flags_with("M08", named, true, json::object(), "2026-03-06T18:00:00+08:00")) == "after_pass");

    const auto mileage = [&](double km) {
        SuspectWorld world;
        world.put(a_failed_test(1, failed_at, {{"obd", {{"mileage_km", 86'000}}}}));
        world.put(a_repair(2, settled_at, {{"mileage_km", km}}));
        world.put(a_test(3, retested_at, {{"reason", "retest"}, {"obd", {{"mileage_km", 86'040}}}}));
        return claim_of(world.flags("M08"));
    };
    CHECK(mileage(86'020) == "");
    CHECK(mileage(86'500) == "");
    CHECK(mileage(36'020) == "");  // one digit
    CHECK(mileage(52'317) == "mileage_outside");
    CHECK(mileage(8.6) == "");     // 万公里
    CHECK(mileage(53'450) == "");  // miles
    CHECK(mileage(90'317) == "mileage_outside");

    const auto before_any_pass = [&](double km) {
        SuspectWorld world;
        world.put(a_failed_test(1, failed_at, {{"obd", {{"mileage_km", 86'000}}}}));
        world.put(a_repair(2, settled_at, {{"mileage_km", km}}));
        return claim_of(world.flags("M08"));
    };
    CHECK(before_any_pass(52'317) == "mileage_below");
    CHECK(before_any_pass(90'317) == "");
}

TEST_CASE("M09: repairs alike to the letter, and one picture for two vehicles") {
    const auto flagged = [](int copies) {
        SuspectWorld world;
        for (int i = 0; i < 30; ++i)
            world.put(
                with_vehicle(a_repair(100 + i, settled_at,
                                      {{"fault_description", i < copies ? "尾气超标" : fmt::format("故障 {}", i)}}),
                             i));
        return world.flags("M09").size();
    };
    CHECK(flagged(12) == 12);
    CHECK(flagged(11) == 0);

    SuspectWorld world;
    const std::string sha(64, 'a');
    const json picture{{"attachments", {{{"kind", "photo"}, {"name", "1.jpg"}, {"sha256", sha}, {"bytes", 1000}}}}};
    world.put(a_repair(1, settled_at, picture));
    auto other = a_repair(2, "2026-03-05T15:00:00+08:00", picture);
    other["station_id"] = "M610404-04";
    other["vehicle"] = {{"vin", "LFVBA11G0F3000026"}, {"plate", "陕D0T002"}};
    world.put(other);
    const auto flags = world.flags("M09");
    REQUIRE(flags.size() == 1);
    CHECK(flags[0].records == std::vector{id_of(2), id_of(1)});
}

TEST_CASE("M10: a repair that names a failed report of a vehicle that never failed") {
    const auto flagged = [](const json& repair_words, bool has_test) {
        SuspectWorld world;
        if (has_test) world.put(a_test(1, failed_at));
        world.put(a_repair(2, settled_at, repair_words));
        return world.flags("M10").size();
    };
    CHECK(flagged({{"fail_report_no", "R77"}}, true) == 1);
    CHECK(flagged({{"fail_report_no", "R77"}}, false) == 0);
    CHECK(flagged(json::object(), true) == 0);
}

TEST_CASE("M10: a first test after the repair that begins a cycle tells it as well, a retest does not") {
    const auto flagged = [](const char* reason) {
        SuspectWorld world;
        world.put(a_repair(1, failed_at, {{"fail_report_no", "R77"}}));
        world.put(a_test(2, retested_at, {{"reason", reason}}));
        return world.flags("M10").size();
    };
    CHECK(flagged("periodic") == 1);
    CHECK(flagged("retest") == 0);
}

TEST_CASE("M10: a repair under the number of another vehicle's failure") {
    const auto claim = [](const std::string& number, const json& failed_vehicle, int failures) {
        SuspectWorld world;
        for (int i = 0; i < failures; ++i)
            world.put(a_failed_test(1 + i, failed_at, {{"report_no", number}, {"vehicle", failed_vehicle}}));
        world.put(a_repair(9, settled_at, {{"fail_report_no", number}}));
        return claim_of(world.flags("M10"));
    };
    CHECK(claim("61040400000123", a_vehicle(1, "LZW", "BC52"), 1) == "number_of_another_vehicle");
    CHECK(claim("123", a_vehicle(1), 1) == "");             // begins anew at each station
    CHECK(claim("61040400000123", a_vehicle(1), 2) == "");  // which of them is meant
    CHECK(claim("61040400000123", vehicle(1), 1) == "");    // without a VIN nothing is another's
    CHECK(claim("61040400000123", json::object(), 1) == "");
}
