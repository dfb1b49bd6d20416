// Messages of provincial platforms through profiles held as data: records, joining, codes, and what is refused where.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "journal/digest.hpp"
#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "station/intake/equipment.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/profiles/members.hpp"
#include "station/intake/profiles/profile.hpp"
#include "station/intake/profiles/time_form.hpp"
#include "tests/support/equipment.hpp"

using namespace imloop;
using namespace imloop::station::intake;
using namespace imloop::test;
using nlohmann::json;

namespace {

json xizang(const std::string& service, const json& body) {
    return {{"tsNo", "540100001"},
            {"token", "t"},
            {"serviceCode", service},
            {"reqTime", "20260302101500"},
            {"reqBody", json::array({body})}};
}

const json a4 = {{"tsNo", "540100001"},
                 {"testLineNo", "02"},
                 {"inspectionNo", "SL01"},
                 {"testNo", "5401000012603020001"},
                 {"testCategory", "1"},
                 {"inspectionMethod", "1"},
                 {"testTimes", 1},
                 {"inspector", "zhangs"},
                 {"testDate", "20260302100000"},
                 {"testDateEnd", "2026-03-02 10:04:00"},
                 {"aResult", "1"},
                 {"oResult", "1"},
                 {"eResult", "0"},
                 {"feResult", "2"},
                 {"result", "0"},
                 {"license", "藏A0T001"},
                 {"licenseType", "3"},
                 {"licenseCode", "2"},
                 {"vin", "LSVAA49J132000017"},
                 {"fuelCategory", "A"},
                 {"registeDate", "20180501"},
                 {"eNo", "E0001"},
                 {"rm", "1450"}};
const json a15 = {{"testNo", "5401000012603020001"},
                  {"airCoefficientResult", "1.01"},
                  {"airCoefficientLimit", "0.95-1.05"},
                  {"airCoefficientIf", "1"},
                  {"idleCoResult", 0.02},
                  {"idleCoLimit", "0.60"},
                  {"idleCoIf", "1"},
                  {"idleHcResult", "99999"},
                  {"highIdleCoResult", "0.02"},
                  {"highIdleCoLimit", "0.30"},
                  {"highIdleCoIf", "1"},
                  {"highIdleHcResult", "61"},
                  {"highIdleHcLimit", "50"},
                  {"highIdleHcIf", "0"}};
const json a7 = {{"testNo", "5401000012603020001"}, {"vin", "LSVAA49J132000017"}, {"communicationCheck", "1"},
                 {"faultCodes", "P0420,P0300"},     {"noReadyItems", "5,8"},      {"odo", 88000}};

json a16(int n, const std::string& state, double co) {
    return {{"testNo", "5401000012603020001"}, {"timeNo", n}, {"opCode", state}, {"co", co}, {"engineSpeed", 2500}};
}

json jinhua(const std::string& id, const json& body) {
    return {{"jkid", id}, {"jksqm", "12345678"}, {"data", {{{"body", {body}}}}}};
}

const json lightproof = {{"id", "r1"},
                         {"inspregid", "JH26030200017"},
                         {"License", "浙G0T017"},
                         {"LicenseType", "2"},
                         {"LicenseCode", "01"},
                         {"VIN", "LGDXWA0A6MH000777"},
                         {"EngineNo", "E777"},
                         {"TsNo", "330700001"},
                         {"TestType", "4"},
                         {"testCategory", "1"},
                         {"FuelType", "B"},
                         {"TestLineNo", "1"},
                         {"OperatorName", "A017"},
                         {"Teststime", "20260302091000"},
                         {"Testetime", "20260302091300"},
                         {"TestJudge", "1"},
                         {"SmokeK1", "1.0"},
                         {"SmokeK2", "1.1"},
                         {"SmokeK3", "1.2"},
                         {"SmokeAvg", "1.1"},
                         {"SmokeKLimit", "1.2"},
                         {"SmokeKJudge", "1"}};
const json jinhua_obd = {{"inspregid", "JH26030200017"},
                         {"VIN", "LGDXWA0A6MH000777"},
                         {"communicationCheck", "1"},
                         {"faultCodes", ""},
                         {"noReadyStatePros", "1,4"},
                         {"odo", "120000"},
                         {"calid1", "CAL1"},
                         {"calid2", "CAL2"},
                         {"cvn1", "0087"},
                         {"judge", "0"}};

const json jiangsu_data = {{"check_id", "61040026030211"},
                           {"check_type", "1"},
                           {"check_method", "2"},
                           {"unit_id", "320100"},
                           {"line_id", "02"},
                           {"user_id", "zhangs"},
                           {"vin", "LSVAA49J132000017"},
                           {"plate", "苏A0T001"},
                           {"check_date", "2026-03-02"},
                           {"start_time", "10:00:00"},
                           {"end_time", "2026-03-02 10:04:00"},
                           {"temperature", "12.5"},
                           {"co_5025", "0.04"},
                           {"co_5025_limit", "0.5"},
                           {"co_5025_passed", "1"},
                           {"co_2540", "99999"},
                           {"hc_2540", "99999.00"},
                           {"power_5025", "6.89"},
                           {"passed", "1"}};

struct JsonFolder : Folder {
    void put(const std::string& name, const json& message) const { Folder::put(name, message.dump(), false); }
    Intake read(const Settings& s = settings) const { return read_equipment(dir.path(), s).value(); }
};

Intake read_of(const std::vector<json>& messages) {
    const JsonFolder f;
    for (std::size_t i = 0; i < messages.size(); ++i) f.put(std::to_string(i) + ".json", messages[i]);
    return f.read();
}

/// The one record of these messages, which the hub would admit.
json record_of(const std::vector<json>& messages) {
    const auto intake = read_of(messages);
    for (const auto& left : intake.left)
        UNSCOPED_INFO(left.file << " " << left.code << " " << left.place << " " << left.en);
    REQUIRE(intake.taken.size() == 1);
    const auto admitted = loop::admit(intake.taken[0].line, "I610404-01", now);
    for (const auto& problem : admitted.problems) UNSCOPED_INFO(problem.pointer << " " << problem.code);
    CHECK(admitted.problems.empty());
    CHECK(admitted.record_id == intake.taken[0].record_id);
    return journal::parsed(intake.taken[0].line);
}

using Lefts = std::vector<std::string>;

/// `code place` of what is left, in order: of values that say none, or of all else.
Lefts left_of(const std::vector<json>& messages, std::size_t taken, bool of_no_value) {
    const auto intake = read_of(messages);
    CHECK(intake.taken.size() == taken);
    Lefts out;
    for (const auto& left : intake.left) {
        CHECK_FALSE(left.zh.empty());
        CHECK_FALSE(left.en.empty());
        if ((left.code == "no_value") == of_no_value) out.push_back(left.code + " " + left.place);
    }
    return out;
}
Lefts left_of(const std::vector<json>& messages, std::size_t taken = 0) { return left_of(messages, taken, false); }

json with(json object, const std::string& name, const json& value) {
    object[name] = value;
    return object;
}
json without(json object, const std::string& name) {
    object.erase(name);
    return object;
}

json reading(const char* item, const char* phase, double value, const char* unit) {
    return {{"item", item}, {"phase", phase}, {"value", value}, {"unit", unit}};
}
json reading(const char* item, const char* phase, double value, const char* unit, double limit, bool passed) {
    auto out = reading(item, phase, value, unit);
    out["limit"] = limit;
    out["passed"] = passed;
    return out;
}

}  // namespace

TEST_CASE("a Xizang test of four messages becomes one record") {
    const JsonFolder f;
    f.put("a4.json", xizang("A4", a4));
    f.put("a15.json", xizang("A15", a15));
    f.put("a7.json", xizang("A7", a7));
    auto rows = xizang("A16", a16(1, "2", 0.03));
    rows["reqBody"].push_back(a16(2, "4", 0.02));
    f.put("a16.json", rows);
    const auto intake = f.read();
    for (const auto& left : intake.left)
        UNSCOPED_INFO(left.file << " " << left.code << " " << left.place << " " << left.en);
    REQUIRE(intake.left.size() == 1);
    CHECK(intake.left[0].place == "/reqBody/0/idleHcResult");
    REQUIRE(intake.taken.size() == 1);
    const auto& taken = intake.taken[0];
    CHECK(taken.files == std::vector<std::string>{"a4.json", "a15.json", "a16.json", "a7.json"});
    CHECK(loop::admit(taken.line, "I610404-01", now).problems.empty());
    const auto r = journal::parsed(taken.line);
    CHECK(r["report_no"] == "5401000012603020001");
    CHECK(r["acceptance_no"] == "SL01");
    CHECK(r["line_id"] == "02");
    CHECK(r["inspector_id"] == "zhangs");
    CHECK(r["reason"] == "periodic");
    CHECK(r["attempt"] == 1);
    CHECK(r["method"] == "two_speed_idle");
    CHECK(r["started_at"] == "2026-03-02T10:00:00+08:00");
    CHECK(r["ended_at"] == "2026-03-02T10:04:00+08:00");
    CHECK(r["occurred_at"] == r["ended_at"]);
    CHECK(r["vehicle"] == json({{"vin", "LSVAA49J132000017"},
                                {"plate", "藏A0T001"},
                                {"plate_kind", "02"},
                                {"plate_color", "白"},
                                {"fuel", "petrol"},
                                {"registered_on", "2018-05-01"},
                                {"engine_no", "E0001"},
                                {"mass_kg", 1450}}));
    auto lambda = reading("lambda", "high_idle", 1.01, "1", 1.05, true);
    lambda["limit_low"] = 0.95;
    CHECK(r["readings"] ==
          json({reading("co", "idle", 0.02, "%", 0.6, true), reading("co", "high_idle", 0.02, "%", 0.3, true),
                reading("hc", "high_idle", 61, "ppm", 50, false), lambda}));
    CHECK(r["verdict"] == "fail");
    CHECK(r["failed_items"] == json({"hc/high_idle"}));
    CHECK(r["obd"] == json({{"communicates", true},
                            {"dtcs", {"P0420", "P0300"}},
                            {"mileage_km", 88000},
                            {"readiness", {{"catalyst", false}, {"egr", false}}}}));
    CHECK(taken.trace_csv == "time_s,state,state_code,co_pct,rpm\n0,high_idle,2,0.03,2500\n1,idle,4,0.02,2500\n");
    CHECK(r["trace"] == json({{"sha256", journal::to_hex(journal::sha256(taken.trace_csv))}, {"rows", 2}}));
    CHECK(f.read().taken[0].line == taken.line);
}

TEST_CASE("members are found in upper snake case too, and bodies that are text are unfolded") {
    json loud = json::object();
    for (const auto& [name, value] : a4.items()) {
        std::string other;
        for (const char c : name) {
            if (c >= 'A' && c <= 'Z') other += '_';
            other += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        }
        loud[other] = value;
    }
    CHECK(record_of({xizang("A4", loud), xizang("A15", a15)}) == record_of({xizang("A4", a4), xizang("A15", a15)}));
    auto folded = xizang("A4", a4);
    folded["reqBody"] = folded["reqBody"].dump();
    CHECK(record_of({folded, xizang("A15", a15)}) == record_of({xizang("A4", a4), xizang("A15", a15)}));
    CHECK(record_of({json::array({xizang("A4", a4), xizang("A15", a15)})})["report_no"] == a4["testNo"]);
}

TEST_CASE("methods of Xizang have their own numbers and members") {
    const auto of = [](const char* number, const char* service, json result) {
        result["testNo"] = a4["testNo"];
        return record_of(
            {xizang("A4", with(with(a4, "inspectionMethod", number), "result", "1")), xizang(service, result)});
    };
    CHECK(of("8", "A19", {{"coResult", 2.1}, {"coLimit", 8}})["method"] == "transient");
    CHECK(of("3", "A21", {{"noxResult", 0.1}})["readings"] == json({reading("nox", "cycle", 0.1, "g/km")}));
    CHECK(of("2", "A17",
             {{"hc5025EmissionResult", 11}, {"hc5025EmissionLimit", 90}, {"hc5025EmissionIf", "1"}})["readings"] ==
          json({reading("hc", "5025", 11, "ppm", 90, true)}));
    auto r = of("4", "A23",
                {{"hundredSmokeEmission", 1.1},
                 {"eightySmokeEmission", 0.9},
                 {"noxResult", 300},
                 {"maxWheelPower", 61},
                 {"maxWheelPowerLimit", 60}});
    auto power = reading("power", "max", 61, "kW");
    power["limit"] = 60;
    CHECK(r["readings"] == json({reading("opacity", "k100", 1.1, "1/m"), reading("opacity", "k80", 0.9, "1/m"),
                                 reading("nox", "k80", 300, "ppm"), power}));
    r = of("5", "A25", {{"emissionOne", 1}, {"emissionTwo", 1.1}, {"emissionThree", 1.2}, {"emissionAvg", 1.1}});
    CHECK(r["readings"].size() == 4);
    CHECK(of("7", "A27", {{"ringelmannResult", 1}})["readings"] == json({reading("ringelmann", "1", 1, "grade")}));
    CHECK(left_of({xizang("A4", with(a4, "inspectionMethod", "2")), xizang("A15", a15)}) ==
          Lefts{"unknown_method /reqBody/0", "no_test "});
    CHECK(left_of({xizang("A4", with(a4, "inspectionMethod", "6"))}) == Lefts{"not_ours /reqBody/0/inspectionMethod"});
    CHECK(left_of({xizang("A4", with(a4, "inspectionMethod", "12"))}) ==
          Lefts{"unknown_method /reqBody/0/inspectionMethod"});
}

TEST_CASE("a later attempt is a retest, a comparison stays one") {
    const auto of = [](const char* category, int times) {
        return record_of(
            {xizang("A4", with(with(a4, "testCategory", category), "testTimes", times)), xizang("A15", a15)});
    };
    CHECK(of("1", 2)["reason"] == "retest");
    CHECK(of("1", 2)["attempt"] == 2);
    CHECK(of("3", 2)["reason"] == "comparison");
    CHECK(of("4", 1)["reason"] == "spot_check");
    CHECK(of("5", 1)["reason"] == "initial");
    CHECK(left_of({xizang("A4", with(a4, "testCategory", "6")), xizang("A15", a15)}) ==
          Lefts{"unknown_check_type /reqBody/0/testCategory", "no_test "});
}

TEST_CASE("a VIN in the place of the plate is no plate") {
    const auto of = [](const json& head) { return record_of({xizang("A4", head), xizang("A15", a15)})["vehicle"]; };
    auto vehicle = of(with(a4, "license", "LSVAA49J132000017"));
    CHECK(vehicle["vin"] == "LSVAA49J132000017");
    CHECK_FALSE(vehicle.contains("plate"));
    CHECK_FALSE(vehicle.contains("plate_kind"));
    vehicle = of(with(without(a4, "vin"), "license", "LSVAA49J132000017"));
    CHECK(vehicle["vin"] == "LSVAA49J132000017");
    CHECK_FALSE(vehicle.contains("plate"));
    CHECK(left_of({xizang("A4", without(without(a4, "vin"), "license")), xizang("A15", a15)}) ==
          Lefts{"vehicle_unnamed /reqBody/0", "no_test "});
}

TEST_CASE("times come in the forms the profile names, and a day is no time") {
    const auto started = [](const json& time) {
        return record_of({xizang("A4", with(a4, "testDate", time)), xizang("A15", a15)})["started_at"];
    };
    CHECK(started("20260302095959") == "2026-03-02T09:59:59+08:00");
    CHECK(started("2026-03-02 09:59:59.0") == "2026-03-02T09:59:59+08:00");
    CHECK(started("2026/3/2 9:05:01") == "2026-03-02T09:05:01+08:00");
    CHECK(started("2026-03-02T01:05:01Z") == "2026-03-02T09:05:01+08:00");
    CHECK(started(46083.375) == "2026-03-02T09:00:00+08:00");
    for (const auto* bad : {"20260302", "2026-03-02", "02.03.2026 10:00", "2026-13-02 10:00:00", "later"})
        CHECK(left_of({xizang("A4", with(a4, "testDate", bad)), xizang("A15", a15)}) ==
              Lefts{"bad_value /reqBody/0/testDate", "no_test "});
    CHECK(left_of({xizang("A4", with(a4, "testDate", "20260302110000")), xizang("A15", a15)})[0] ==
          "bad_value /reqBody/0/testDateEnd");
    CHECK(read_time("02/03/2026 09:05", {"dd/MM/yyyy HH:mm"}, "+08:00")->at ==
          loop::parse_moment("2026-03-02T09:05:00+08:00"));
    CHECK(read_time("20260302090501", {"yyyyMMddHHmmss"}, "+09:00")->at ==
          loop::parse_moment("2026-03-02T08:05:01+08:00"));
    CHECK(read_time("1772413501000", {"epoch_ms"}, "+08:00")->at == 1772413501000);
    CHECK_FALSE(read_time("2026030209050", {"yyyyMMddHHmmss"}, "+08:00"));
}

TEST_CASE("Jinhua: attempt from the login, OBD of its own message, process data") {
    const auto login = jinhua("downInspRegInfo", {{"insp", {{"inspregid", "JH26030200017"}, {"TestTimes", "2"}}},
                                                  {"insp_vehicle", {{"VIN", "LGDXWA0A6MH000777"}, {"Standard", "5"}}}});
    json row1 = {
        {"inspregid", "JH26030200017"}, {"serialno", "1"}, {"opcode", "0"}, {"sfk", "0.5"}, {"enginespeed", "700"}};
    auto row2 = with(with(row1, "serialno", "2"), "opcode", "1");
    auto rows = jinhua("uploadInspProcessLIGHTPROOF", row1);
    rows["data"][0]["body"].push_back(row2);
    const auto r = record_of(
        {login, rows, jinhua("uploadInspResultOBD", jinhua_obd), jinhua("uploadInspResultLIGHTPROOF", lightproof)});
    CHECK(r["report_no"] == "JH26030200017");
    CHECK(r["reason"] == "retest");
    CHECK(r["attempt"] == 2);
    CHECK(r["method"] == "free_acceleration");
    CHECK(r["vehicle"] == json({{"vin", "LGDXWA0A6MH000777"},
                                {"plate", "浙G0T017"},
                                {"plate_kind", "01"},
                                {"plate_color", "黄"},
                                {"fuel", "diesel"},
                                {"emission_stage", "国V"},
                                {"engine_no", "E777"}}));
    CHECK(r["readings"] ==
          json({reading("opacity", "1", 1.2, "1/m"), reading("opacity", "2", 1.1, "1/m"),
                reading("opacity", "3", 1, "1/m"), reading("opacity", "mean", 1.1, "1/m", 1.2, true)}));
    CHECK(r["obd"] == json({{"communicates", true},
                            {"dtcs", json::array()},
                            {"cal_id", {"CAL1", "CAL2"}},
                            {"cvn", "0087"},
                            {"mileage_km", 120000},
                            {"readiness", {{"scr", false}, {"dpf", false}}}}));
    CHECK(r["failed_items"] == json({"obd"}));
    CHECK(r["verdict"] == "fail");
    CHECK(r["trace"]["rows"] == 2);
    auto later = jinhua("uploadInspProcessLIGHTPROOF", with(row1, "serialno", "3"));
    CHECK(record_of({login, later, rows, jinhua("uploadInspResultOBD", jinhua_obd),
                     jinhua("uploadInspResultLIGHTPROOF", lightproof)})["trace"]["rows"] == 3);
    std::swap(rows["data"][0]["body"][0], rows["data"][0]["body"][1]);
    CHECK_FALSE(record_of({login, rows, jinhua("uploadInspResultOBD", jinhua_obd),
                           jinhua("uploadInspResultLIGHTPROOF", lightproof)})
                    .contains("trace"));
}

TEST_CASE("what Jinhua has and the contract has not is not taken") {
    const auto of = [](const char* name, const char* value) {
        return left_of({jinhua("uploadInspResultLIGHTPROOF", with(lightproof, name, value))});
    };
    CHECK(of("testCategory", "4") == Lefts{"not_ours /data/0/body/0/testCategory"});
    CHECK(of("TestType", "3") == Lefts{"not_ours /data/0/body/0/TestType"});
    CHECK(of("TestJudge", "9") == Lefts{"not_finished /data/0/body/0/TestJudge"});
    CHECK(of("TestJudge", "0") == Lefts{"contradiction /data/0/body/0/TestJudge"});
    CHECK(of("SmokeKJudge", "0") == Lefts{"contradiction /data/0/body/0/TestJudge"});
    CHECK(of("SmokeKJudge", "x") == Lefts{"bad_value /data/0/body/0/SmokeKJudge"});
    CHECK(of("SmokeAvg", "1,1") == Lefts{"bad_value /data/0/body/0/SmokeAvg"});
    CHECK(of("inspregid", "") == Lefts{"no_report_number /data/0/body/0"});
    CHECK(left_of({jinhua("uploadInspResultLIGHTPROOF", without(lightproof, "testCategory"))}) ==
          Lefts{"unknown_check_type /data/0/body/0"});
    CHECK(left_of({jinhua("uploadInspResultLIGHTPROOF", with(lightproof, "LicenseType", "7"))}, 1) ==
          Lefts{"left_out /data/0/body/0/LicenseType"});
    CHECK(left_of({jinhua("uploadInspStmDevice", lightproof)}) == Lefts{"not_a_test "});
}

TEST_CASE("the same Jiangsu test in JSON and in XML is the same record") {
    const json rows = {{{"asm_type", "1"}, {"time_no", "1"}, {"hc", "11"}, {"vehicle_speed", "25"}},
                       {{"asm_type", "2"}, {"time_no", "2"}, {"hc", "99999"}, {"vehicle_speed", "25.1"}}};
    const json blocks = {{"troubleid", "P0420"}, {"milodo", "35"}};
    auto data = jiangsu_data;
    const json of_obd = {
        {"obdzsq", "1"}, {"communication", "0"}, {"isready", "0"}, {"isreadyfailitem", "0,3"}, {"odometer", "88000"}};
    for (const auto& [name, value] : of_obd.items()) data[name] = value;
    const json document = {{"result", {{"result_data", data}, {"process_data", rows}, {"trou_data", blocks}}}};
    std::string xml = "<?xml version='1.0' encoding='utf-8'?><result><result_data>";
    for (const auto& [name, value] : data.items())
        xml += "<" + name + ">" + value.get<std::string>() + "</" + name + ">";
    xml += "</result_data><trou_data><troubleid>P0420</troubleid><milodo>35</milodo></trou_data>";
    for (const auto& row : rows) {
        xml += "<process_data>";
        for (const auto& [name, value] : row.items())
            xml += "<" + name + ">" + value.get<std::string>() + "</" + name + ">";
        xml += "</process_data>";
    }
    xml += "</result>";
    const JsonFolder f;
    f.Folder::put("t.xml", xml, false);
    const auto of_xml = read_equipment(f.dir.path() / "t.xml", settings).value();
    REQUIRE(of_xml.taken.size() == 1);
    const auto r = record_of({document});
    CHECK(r == journal::parsed(of_xml.taken[0].line));
    CHECK(r["obd"]["communicates"] == true);
    CHECK(r["obd"]["readiness"] == json({{"complete", false}, {"catalyst", false}, {"egr", false}}));
    CHECK(r["readings"] == json({reading("co", "5025", 0.04, "%", 0.5, true), reading("power", "5025", 6.89, "kW")}));
}

TEST_CASE("Jiangsu: 99999 is not measured, aborted and invalid say so, 1 is no communication") {
    const auto of = [](const json& data) { return json{{"result", {{"result_data", data}}}}; };
    CHECK(record_of({of(jiangsu_data)})["readings"].size() == 2);
    CHECK(record_of({of(with(with(jiangsu_data, "passed", "2"), "co_5025", "99999"))})["verdict"] == "aborted");
    CHECK(left_of({of(with(jiangsu_data, "passed", "3"))}) == Lefts{"invalid_test /result/result_data/passed"});
    CHECK(left_of({of(with(with(jiangsu_data, "co_5025", 99999), "power_5025", "99999"))}) ==
          Lefts{"no_values /result/result_data"});
    CHECK(left_of({of(with(jiangsu_data, "k100", "1.1"))}) == Lefts{"unknown_method /result/result_data"});
    CHECK(record_of({of(with(jiangsu_data, "communication", "1"))})["obd"]["communicates"] == false);
    const json diesel = with(with(with(jiangsu_data, "communication", "0"), "isreadyfailitem", "0,4"), "rlzl", "B");
    CHECK(record_of({of(diesel)})["obd"]["readiness"] == json({{"scr", false}, {"egr", false}}));
    CHECK(left_of({of(with(with(jiangsu_data, "communication", "0"), "isreadyfailitem", "7"))}) ==
          Lefts{"bad_value /result/result_data/isreadyfailitem"});
}

TEST_CASE("a Jiangsu OBD check joins the test of its number, or is a test by itself") {
    const auto of = [](const json& data) { return json{{"result", {{"result_data", data}}}}; };
    const json check = {{"check_id", "61040026030211"}, {"check_method", "6"}, {"plate", "苏A·0T001"},
                        {"communication", "0"},         {"obdzsq", "1"},       {"passed", "0"}};
    const auto r = record_of({of(check), of(jiangsu_data)});
    CHECK(r["method"] == "asm");
    CHECK(r["obd"]["mil_on"] == true);
    CHECK(r["verdict"] == "fail");
    CHECK(r["failed_items"] == json({"obd"}));
    CHECK(left_of({of(jiangsu_data), of(with(check, "plate", "苏A0T002"))}, 1) ==
          Lefts{"another_test /result/result_data"});
    CHECK(left_of({of(with(check, "check_id", "9")), of(jiangsu_data)}, 1) == Lefts{"no_test /result/result_data"});
    CHECK(left_of({of(check), of(check), of(jiangsu_data)}, 1) == Lefts{"repeated /result/result_data"});
    auto alone = check;
    for (const auto* name : {"check_type", "start_time", "end_time", "check_date"}) alone[name] = jiangsu_data[name];
    const auto by_itself = record_of({of(alone)});
    CHECK(by_itself["method"] == "obd_only");
    CHECK(by_itself["readings"].empty());
    CHECK(by_itself["failed_items"] == json({"obd"}));
}

TEST_CASE("messages of other vehicles, without their test or sent twice are left with a reason") {
    CHECK(left_of({xizang("A7", a7)}) == Lefts{"no_test /reqBody/0"});
    CHECK(left_of({xizang("A16", a16(1, "2", 1))}) == Lefts{"no_result /reqBody/0"});
    CHECK(left_of({xizang("A4", a4)}) == Lefts{"no_values /reqBody/0"});
    CHECK(left_of({xizang("A4", a4), xizang("A15", a15), xizang("A7", with(a7, "vin", "LGDXWA0A6MH000777"))}, 1) ==
          Lefts{"another_test /reqBody/0"});
    CHECK(left_of({xizang("A4", a4), xizang("A15", a15), xizang("A15", a15)}, 1) == Lefts{"repeated /reqBody/0"});
    CHECK(left_of({xizang("A4", a4), xizang("A15", a15), xizang("A16", a16(2, "2", 1)), xizang("A16", a16(1, "2", 1))},
                  1)
              .empty());  // files come in any order
    CHECK(left_of({xizang("C1", a4)}) == Lefts{"not_a_test "});
    CHECK(left_of({with(xizang("A4", a4), "reqBody", json::array())}) == Lefts{"not_a_test /reqBody/*"});
    CHECK(left_of({json{{"hello", 1}}}) == Lefts{"unknown_format "});
    CHECK(left_of({json::array()}) == Lefts{"unknown_format "});
    CHECK(left_of({xizang("A4", with(a4, "testNo", 5.4e18)), xizang("A15", with(a15, "testNo", 5.4e18))})[0] ==
          "bad_value /reqBody/0/testNo");
}

TEST_CASE("bytes that are no message are named") {
    const JsonFolder f;
    f.Folder::put("a.json", "{\"a\":", false);
    f.Folder::put("b.json", "{\"a\":1,\"a\":2}", false);
    f.Folder::put("c.json", std::string(40, '[') + std::string(40, ']'), false);
    f.Folder::put("d.json", "", false);
    f.Folder::put("e.JSON", utf16(xizang("C1", a4).dump()), false);
    const auto intake = f.read();
    CHECK(intake.taken.empty());
    for (const auto* file : {"a.json", "b.json", "c.json", "d.json"}) CHECK(reason(intake, file) == "malformed_json");
    CHECK(reason(intake, "e.JSON") == "not_a_test");
    CHECK(std::get<Left>(json_documents("x.json", std::string(message_bytes_max + 1, ' ')).at(0)).code == "too_large");
}

TEST_CASE("a further province is a further file") {
    const TempDir profiles;
    std::ofstream(profiles.path() / "elsewhere.json") << R"({
        "zh": "某省", "en": "elsewhere", "recognise": {"/svc": ["R"]}, "join": "no",
        "messages": [{"records": "/list/*", "gives": ["head", "readings"]}],
        "head": {"report_no": "no", "vehicle.plate": "p", "started_at": "s", "ended_at": "e",
                 "reason": {"otherwise": "periodic"}, "method": {"at": "m", "codes": {"HJ": "lugdown"}},
                 "verdict": {"at": "v", "codes": {"OK": "pass", "NG": "fail"}}},
        "methods": {"lugdown": {"readings": [
            {"item": "nox", "phase": "k80", "unit": "ppm", "value": "nox", "factor": 1000, "limit": "lim"}]}}})";
    const json message = {{"svc", "R"},
                          {"list",
                           {{{"no", "N1"},
                             {"p", "陕D0T001"},
                             {"s", "2026-03-02 10:00:00"},
                             {"e", "2026-03-02 10:05:00"},
                             {"m", "HJ"},
                             {"v", "NG"},
                             {"nox", 1.6},
                             {"lim", 1.5}}}}};
    const JsonFolder f;
    f.put("m.json", message);
    f.Folder::put("m.xml",
                  "<x><svc>R</svc><list><no>N2</no><p>陕D0T002</p><s>2026-03-02 10:10:00</s><e>2026-03-02 "
                  "10:15:00</e><m>HJ</m><v>OK</v><nox>1.4</nox><lim>1.5</lim></list></x>",
                  false);
    CHECK(reason(f.read(), "m.json") == "unknown_format");
    CHECK(reason(f.read(), "m.xml") == "not_a_test");
    auto own = settings;
    own.profiles = profiles.path();
    std::ofstream(profiles.path() / "elsewhere_xml.json") << replaced(
        R"({"zh": "某省", "en": "elsewhere", "recognise": {"/x/svc": ["R"]}, "join": "no",
        "messages": [{"records": "/x/list/*", "gives": ["head", "readings"]}],
        "head": {"report_no": "no", "vehicle.plate": "p", "started_at": "s", "ended_at": "e",
                 "reason": {"otherwise": "periodic"}, "method": {"at": "m", "codes": {"HJ": "lugdown"}},
                 "verdict": {"at": "v", "codes": {"OK": "pass", "NG": "fail"}}},
        "methods": {"lugdown": {"readings": [
            {"item": "nox", "phase": "k80", "unit": "ppm", "value": "nox", "factor": 1000, "limit": "lim"}]}}})",
        "\r", "");
    const auto intake = f.read(own);
    for (const auto& left : intake.left)
        UNSCOPED_INFO(left.file << " " << left.code << " " << left.place << " " << left.en);
    CHECK(intake.left.empty());
    REQUIRE(intake.taken.size() == 2);
    auto reading_n1 = reading("nox", "k80", 1600, "ppm");
    reading_n1["limit"] = 1500;
    for (const auto& taken : intake.taken) {
        CHECK(loop::admit(taken.line, "I610404-01", now).problems.empty());
        const auto r = journal::parsed(taken.line);
        if (r["report_no"] == "N1") CHECK(r["readings"] == json({reading_n1}));
        if (r["report_no"] == "N2") CHECK(r["verdict"] == "pass");
    }
}

TEST_CASE("a profile that can't be right is refused with its place") {
    const auto error_of = [](const std::string& text) {
        const auto read = profile_from("p", text);
        REQUIRE(read.has_error());
        CHECK(read.error().code == "bad_profile");
        return read.error().detail().substr(0, read.error().detail().find(": "));
    };
    const std::string sound =
        R"({"recognise":{"/a":[]},"join":"no","messages":[{"records":"/a","gives":["head"]}],"head":{"report_no":"no","method":{"at":"m","codes":"m"}},"codes":{"m":{"1":"asm"}},"methods":{"asm":{"readings":[{"item":"co","phase":"5025","unit":"%","value":"c"}]}}})";
    CHECK(profile_from("p", sound).has_value());
    CHECK(error_of("[]") == "p");
    CHECK(error_of(replaced(sound, "report_no", "report_number")) == "p/head/report_number");
    CHECK(error_of(replaced(sound, "\"1\":\"asm\"", "\"1\":\"asn\"")) == "p/head/method/codes/1");
    CHECK(error_of(replaced(sound, "\"codes\":\"m\"", "\"codes\":\"n\"")) == "p/head/method/codes");
    CHECK(error_of(replaced(sound, "5025", "idle")) == "p/methods/asm/readings/0");
    CHECK(error_of(replaced(sound, "\"unit\":\"%\"", "\"unit\":\"ppm\"")) == "p/methods/asm/readings/0");
    CHECK(error_of(replaced(sound, "\"gives\":[\"head\"]", "\"gives\":[\"trace\"]")) == "p/messages/0/gives");
    CHECK(error_of(replaced(sound, "\"/a\":[]", "\"a\":[]")) == "p/recognise/a");
    CHECK(error_of(replaced(sound, "\"value\":\"c\"", "\"valu\":\"c\"")) == "p/methods/asm/readings/0/valu");
    CHECK(load_profiles().value().size() == 3);
    CHECK(load_profiles("/nonexistent/profiles").error().code == "no_folder");
}

TEST_CASE("what a file is shows its content, not its name; each of its messages is read") {
    const auto same = record_of({xizang("A4", a4), xizang("A15", a15)});
    const auto read = [](const std::map<std::string, std::string>& files) {
        const JsonFolder f;
        for (const auto& [name, bytes] : files) f.Folder::put(name, bytes, false);
        return f.read();
    };
    const auto first = xizang("A4", a4).dump(), second = xizang("A15", a15).dump();
    CHECK(journal::parsed(read({{"a4.xml", first}, {"a15.json", second}}).taken.at(0).line) == same);
    CHECK(journal::parsed(read({{"both.json", first + "\n" + second}}).taken.at(0).line) == same);
    const auto cut = read({{"both.json", first + "\n" + second.substr(0, 90)}});
    const auto named = std::ranges::find(cut.left, "malformed_json", &Left::code);
    REQUIRE(named != cut.left.end());
    CHECK(named->line == 2);
    const auto stray = read({{"both.json", first + "\nHTTP/1.1 200\n" + second + "\n\"end"}});
    CHECK(stray.taken.size() == 1);
    CHECK(std::ranges::count(stray.left, "malformed_json", &Left::code) == 2);
    const auto apart = read({{"both.json", first + ",\n\xEF\xBB\xBF" + std::string(8, '\0') + second}});
    CHECK(apart.taken.size() == 1);
    CHECK(std::ranges::count(apart.left, "malformed_json", &Left::code) == 0);
    CHECK(read({{"zeros.json", first + std::string(20, '\0')}, {"b.json", second}}).taken.size() == 1);
}

TEST_CASE("values that say none are absent and named by their pointer; a damaged text is null") {
    const auto same = record_of({xizang("A4", a4), xizang("A15", a15)});
    const auto without_hc = [&] {
        auto out = same;
        std::erase_if(out["readings"].get_ref<json::array_t&>(),
                      [](const json& r) { return r["item"] == "hc" && r["phase"] == "idle"; });
        return out;
    }();
    const auto messages = [](const std::string& value) {
        return std::vector<json>{xizang("A4", a4), xizang("A15", with(a15, "idleHcResult", value))};
    };
    for (const auto* none : {"-999", "-1", "99999", "-9999.0"}) {
        CHECK(record_of(messages(none)) == without_hc);
        CHECK(left_of(messages(none), 1, true) == Lefts{"no_value /reqBody/0/idleHcResult"});
    }
    CHECK(left_of({xizang("A4", with(a4, "inspector", "甲\xEF\xBF\xBD")), xizang("A15", a15)}, 1) ==
          Lefts{"damaged /reqBody/0/inspector"});
    CHECK(left_of({xizang("A4", with(a4, "inspector", std::string("甲\0乙", 7))), xizang("A15", a15)}, 1) ==
          Lefts{"damaged /reqBody/0/inspector"});
    CHECK(left_of({xizang("A4", with(a4, "vin", "11111111111111111")), xizang("A15", a15)}, 1) ==
          Lefts{"vin_placeholder /reqBody/0/vin"});
    CHECK(left_of({xizang("A4", with(a4, "vin", "LSV***0017")), xizang("A15", a15)}, 1) ==
          Lefts{"masked /reqBody/0/vin"});
    CHECK(left_of({xizang("A4", with(a4, "license", "A0T001")), xizang("A15", a15)}, 1) ==
          Lefts{"plate_without_province /reqBody/0/license"});
    CHECK(left_of({xizang("A4", with(a4, "license", json({"陕D0T001", "陕D0T002"}))), xizang("A15", a15)}, 1)[0] ==
          "repeated_member /reqBody/0/license/1");
    const auto two_names = [](const std::string& limit) { return with(a15, "idleCoResultLimit", limit); };
    CHECK(left_of({xizang("A4", a4), xizang("A15", two_names("0.80"))}, 1) ==
          Lefts{"repeated_member /reqBody/0/idleCoLimit"});
    CHECK(left_of({xizang("A4", a4), xizang("A15", two_names("0.6"))}, 1).empty());
}
