// Lug-down, free acceleration, VMAS and OBD from an NHA folder.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "journal/digest.hpp"
#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "tests/support/equipment.hpp"

using namespace imloop;
using namespace imloop::station::intake;
using namespace imloop::test;
using nlohmann::json;

namespace {

const std::string obd_text =
    "[ResultOfOBD]\r\nRunningNumber = 005001900001\r\nDetBegTime = 2026-03-02 09:02:10\r\n"
    "DetEndTime = 2026-03-02 09:03:00\r\nOBDProtocol = ISO15765\r\nComErrorJudge = 1\r\nVIN = LGDXWA0A6MH000777\r\n"
    "OBDType = EOBD\r\nMileage = 120345\r\nEngineCALID = CAL1\r\nEngineCVN = 000087DE\r\n"
    "PostProcessingCALID = CAL2\r\nPostProcessingCVN = \r\nOtherCALID = 不支持\r\nLampStateJudge = 2\r\n"
    "DTC = P0420,P2263\r\nDTCMileage = 35\r\nDTCJudge = 2\r\nCheckItemJudge_MFT = 1\r\nCheckItemJudge_CC = 0\r\n"
    "CheckItemJudge_SCR = 2\r\nJudge = 2\r\n";

bool is_admitted(const Taken& taken) {
    const auto admitted = loop::admit(taken.line, "I610404-01", now);
    for (const auto& problem : admitted.problems) UNSCOPED_INFO(problem.pointer << " " << problem.code);
    return admitted.problems.empty() && admitted.record_id == taken.record_id;
}

}  // namespace

TEST_CASE("files of one lug-down test become one record with its trace") {
    const Lugdown f;
    const auto intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    CHECK(intake.left.empty());
    const auto& taken = intake.taken[0];
    const auto r = journal::parsed(taken.line);
    CHECK(r["method"] == "lugdown");
    CHECK(r["verdict"] == "fail");
    CHECK(r["failed_items"] == json({"opacity/k100"}));
    CHECK(
        r["readings"] ==
        json({{{"item", "opacity"},
               {"phase", "k100"},
               {"value", 1.48},
               {"unit", "1/m"},
               {"limit", 1.2},
               {"passed", false}},
              {{"item", "opacity"},
               {"phase", "k80"},
               {"value", 0.97},
               {"unit", "1/m"},
               {"limit", 1.2},
               {"passed", true}},
              {{"item", "nox"}, {"phase", "k80"}, {"value", 261}, {"unit", "ppm"}, {"limit", 1500}, {"passed", true}},
              {{"item", "power"}, {"phase", "max"}, {"value", 51}, {"unit", "kW"}, {"limit", 20}, {"passed", true}}}));
    CHECK(r["equipment"] == json({{"analyser_id", "N2"},
                                  {"opacimeter_id", "P2"},
                                  {"dynamometer_id", "D2"},
                                  {"software_version", "1.0.0.200911"},
                                  {"calibrated_at", "2026-03-02T08:00:00+08:00"}}));
    CHECK(taken.trace_csv ==
          "time_s,state,co2_pct,no_ppm,nox_ppm,opacity_m1,rpm,oil_temp_c,speed_kmh,power_kw,load_n,temperature_c,"
          "humidity_pct,pressure_kpa,obd_rpm,obd_speed_kmh\n"
          "0,sweep,,,260,0.05,2150,88.20,70.15,10.02,513.10,,,,,\n"
          "1,k100,,,260,0.05,2150,88.20,70.15,10.02,513.10,,,,,\n"
          "2,k80,,,260,0.05,2150,88.20,70.15,10.02,513.10,,,,,\n"
          "3,,,,260,0.05,2150,88.20,70.15,10.02,513.10,,,,,\n");
    CHECK(r["trace"] == json({{"sha256", journal::to_hex(journal::sha256(taken.trace_csv))}, {"rows", 4}}));
    CHECK(is_admitted(taken));
}

TEST_CASE("a lug-down that failed by the engine's speed alone says so") {
    const Folder f;
    f.put("TestLog.ini", lugdown_log);
    f.put("ResultOfLUGDOWN.ini",
          result("LUGDOWN",
                 replaced(replaced(replaced(lugdown_members, "K100=1.48", "K100=1.18"), "PassOfK100=0", "PassOfK100=1"),
                          "SkipRevJudgement=1", "SkipRevJudgement=0")));
    const auto intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    CHECK(journal::parsed(intake.taken[0].line)["failed_items"] == json({"rev"}));
    CHECK(is_admitted(intake.taken[0]));
}

TEST_CASE("lug-down files of two tests are not put together") {
    const Lugdown f;
    f.put("RealTimeDataOfLUGDOWN.ini", replaced(lugdown_rows, "09:11:", "10:11:"));
    auto intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    CHECK_FALSE(journal::parsed(intake.taken[0].line).contains("trace"));
    CHECK(reason(intake, "RealTimeDataOfLUGDOWN.ini") == "another_test");

    f.put("RealTimeDataOfLUGDOWN.ini", replaced(lugdown_rows, "2026-03-02", "2026-02-01"));
    CHECK(reason(f.read(), "RealTimeDataOfLUGDOWN.ini") == "stale");

    f.put("ResultOfLUGDOWN.ini", result("LUGDOWN", replaced(lugdown_members, "K80=0.97", "K80=")));
    intake = f.read();
    CHECK(intake.taken.empty());
    CHECK(reason(intake, "ResultOfLUGDOWN.ini") == "bad_value");
    CHECK(reason(intake, "RealTimeDataOfLUGDOWN.ini") == "no_result");
}

TEST_CASE("free acceleration: the three accelerations whose mean is the result, named by report number alone") {
    const std::string values =
        "[ResultOfFSUNHT]\r\nReportNumber = 610404990000000002\r\nEngineRev = 2803\r\nValue1 = 0.9000\r\n"
        "Value2 = 1.1000\r\nValue3 = 1.2000\r\nValue4 = 1.3000\r\nValue5 = 0.0000\r\nValue6 = 0.0000\r\n"
        "Average = 1.2000\r\nLimit = 1.2000\r\nPass = 1\r\nEnvironmentalTemperature = 19.2000\r\n";
    const Folder f;
    f.put("TestLog.ini", lugdown_log);
    f.put("ResultOfFSUNHT.ini", values);
    f.put("RealTimeDataOfFSUNHT.ini",
          "[Sum]\r\nTotal=2\r\n[1]\r\nTime=1\r\nOrder=1\r\nSamplingTime=2026-03-02 09:11:00\r\nK=0.02\r\nN=1.00\r\n"
          "EngineRev=824\r\n[2]\r\nTime=2\r\nOrder=2\r\nSamplingTime=2026-03-02 09:11:01\r\nK=1.20\r\n"
          "EngineRev=2824");
    const auto intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    CHECK(intake.left.empty());
    const auto r = journal::parsed(intake.taken[0].line);
    CHECK(r["method"] == "free_acceleration");
    CHECK(r["started_at"] == "2026-03-02T09:10:00+08:00");
    CHECK(r["verdict"] == "pass");
    CHECK(r["readings"] == json({{{"item", "opacity"}, {"phase", "1"}, {"value", 1.1}, {"unit", "1/m"}},
                                 {{"item", "opacity"}, {"phase", "2"}, {"value", 1.2}, {"unit", "1/m"}},
                                 {{"item", "opacity"}, {"phase", "3"}, {"value", 1.3}, {"unit", "1/m"}},
                                 {{"item", "opacity"},
                                  {"phase", "mean"},
                                  {"value", 1.2},
                                  {"unit", "1/m"},
                                  {"limit", 1.2},
                                  {"passed", true}}}));
    CHECK(intake.taken[0].trace_csv ==
          "time_s,order,opacity_m1,rpm,oil_temp_c,temperature_c,humidity_pct,pressure_kpa,obd_rpm,obd_speed_kmh\n"
          "0,1,0.02,824,,,,,,\n1,2,1.20,2824,,,,,,\n");
    CHECK(is_admitted(intake.taken[0]));

    f.put("ResultOfFSUNHT.ini", replaced(values, "Average = 1.2000", "Average = 0.3000"));
    CHECK(reason(f.read(), "ResultOfFSUNHT.ini") == "bad_value");
    f.put("ResultOfFSUNHT.ini", replaced(values, "610404990000000002", "610404990000000003"));
    CHECK(reason(f.read(), "ResultOfFSUNHT.ini") == "another_test");
}

TEST_CASE("VMAS files of one test become one record, judged by HC and NOx or by their sum") {
    const std::string members =
        "HC=0.42\r\nCO=2.10\r\nNOx=0.61\r\nHCNOx=1.03\r\nLimitOfHC=1.6\r\nLimitOfCO=8.0\r\nLimitOfNOx=1.3\r\n"
        "LimitOfHCNOx=1.0\r\nPassOfHC=1\r\nPassOfCO=1\r\nPassOfNOx=1\r\nPassOfHCNOx=0\r\nNeedTestHCNOx=0\r\nPass=1\r\n";
    const Folder f;
    f.put("TestLog.ini", lugdown_log);
    f.put("ResultOfVMAS.ini", result("VMAS", members));
    f.put("RealTimeDataOfVMAS.ini",
          "[1]\r\nSamplingTime=2026-03-02 09:10:05\r\nVelocity=12.50\r\nHC=12\r\nNO=20\r\nNOx=22\r\nCO=0.10\r\n"
          "CO2=12.50\r\nHCm=0.0010\r\n[Sum]\r\nTotal=1");
    auto intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    CHECK(intake.left.empty());
    auto r = journal::parsed(intake.taken[0].line);
    CHECK(r["method"] == "vmas");
    CHECK(
        r["readings"] ==
        json({{{"item", "co"}, {"phase", "cycle"}, {"value", 2.1}, {"unit", "g/km"}, {"limit", 8}, {"passed", true}},
              {{"item", "hc"}, {"phase", "cycle"}, {"value", 0.42}, {"unit", "g/km"}, {"limit", 1.6}, {"passed", true}},
              {{"item", "nox"},
               {"phase", "cycle"},
               {"value", 0.61},
               {"unit", "g/km"},
               {"limit", 1.3},
               {"passed", true}}}));
    CHECK(intake.taken[0].trace_csv ==
          "time_s,co_pct,co2_pct,o2_pct,hc_ppm,no_ppm,lambda,rpm,oil_temp_c,nox_ppm,speed_kmh,power_kw,load_n,"
          "temperature_c,humidity_pct,pressure_kpa,obd_rpm,obd_speed_kmh\n0,0.10,12.50,,12,20,,,,22,12.50,,,,,,,\n");
    CHECK(is_admitted(intake.taken[0]));

    f.put("ResultOfVMAS.ini",
          result("VMAS", replaced(replaced(members, "NeedTestHCNOx=0", "NeedTestHCNOx=1"), "\nPass=1", "\nPass=0")));
    intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    r = journal::parsed(intake.taken[0].line);
    CHECK(r["failed_items"] == json({"hc_nox/cycle"}));
    CHECK(is_admitted(intake.taken[0]));
}

TEST_CASE("an OBD check of the same vehicle and visit goes into the record") {
    const Lugdown f;
    f.put("ResultOfOBD.ini", obd_text);
    auto intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    CHECK(intake.left.empty());
    auto r = journal::parsed(intake.taken[0].line);
    CHECK(r["obd"] == json({{"supported", true},
                            {"communicates", true},
                            {"mil_on", true},
                            {"dtcs", {"P0420", "P2263"}},
                            {"readiness", {{"misfire", true}, {"scr", false}}},
                            {"cal_id", {"CAL1", "CAL2"}},
                            {"cvn", "000087DE"},
                            {"vin", "LGDXWA0A6MH000777"},
                            {"protocol", "ISO15765"},
                            {"standard", "EOBD"},
                            {"mileage_km", 120345},
                            {"mil_distance_km", 35}}));
    CHECK(r["failed_items"] == json({"opacity/k100", "obd"}));
    CHECK(is_admitted(intake.taken[0]));

    f.put("ResultOfOBD.ini", replaced(obd_text, "P0420,P2263", "P0420-00、p2263"));
    CHECK(json::parse(f.read().taken.at(0).line)["obd"]["dtcs"] == json({"P0420", "P2263"}));

    // By its plate, where it has no number.
    f.put("ResultOfOBD.ini",
          "[ResultOfOBD]\r\nPlateNumber=陕D0T777\r\nDetBegTime=2026-03-02 09:20:00\r\n"
          "ComErrorJudge=2\r\nLampStateJudge=1\r\nDTC=\r\nDTCJudge=1\r\nMileage=\r\nJudge=1\r\n");
    intake = f.read();
    r = journal::parsed(intake.taken.at(0).line);
    CHECK(r["obd"] == json({{"supported", true}, {"communicates", false}, {"mil_on", false}, {"dtcs", json::array()}}));
    CHECK(r["failed_items"] == json({"opacity/k100"}));
}

TEST_CASE("an OBD check of another vehicle, day or visit is left with its reason") {
    const Lugdown f;
    const auto code = [&](const std::string& obd) {
        f.put("ResultOfOBD.ini", obd);
        const auto intake = f.read();
        REQUIRE(intake.taken.size() == 1);
        CHECK_FALSE(journal::parsed(intake.taken[0].line).contains("obd"));
        return reason(intake, "ResultOfOBD.ini");
    };
    const std::string plate = "[ResultOfOBD]\r\nPlateNumber=陕D0T777\r\n";
    CHECK(code(replaced(obd_text, "005001900001", "005001900002")) == "no_report_number");
    CHECK(code(replaced(obd_text, "[ResultOfOBD]\r\n", "[ResultOfOBD]\r\nPlateNumber=陕D0T778\r\n")) == "another_test");
    CHECK(code(replaced(replaced(obd_text, "[ResultOfOBD]\r\n", plate), "005001900001", "005001900002")) ==
          "another_test");
    CHECK(code(replaced(obd_text, "2026-03-02", "2026-03-01")) == "stale");
    CHECK(code(replaced(obd_text, "2026-03-02", "2026-03-03")) == "another_test");
    CHECK(code(replaced(obd_text, "2026-03-02 09:02:10", "2026-03-02 15:02:10")) == "another_test");
    CHECK(code(replaced(obd_text, "2026-03-02 09:02:10", "")) == "bad_value");
    CHECK(code(replaced(obd_text, "120345", "12万")) == "bad_value");
    CHECK(code("[ResultOfOBD]\r\n") == "unreadable");

    const Folder alone;
    alone.put("TestLog.ini", lugdown_log);
    alone.put("ResultOfOBD.ini", obd_text);
    CHECK(reason(alone.read(), "ResultOfOBD.ini") == "no_test");
}

TEST_CASE("what is left names the line and the member, of the log where it is the log's") {
    const Lugdown f;
    const auto at = [&](const std::string& file) {
        for (const auto& left : f.read().left)
            if (left.file == file) return left.code + " " + std::to_string(left.line) + " " + left.place;
        return std::string();
    };
    const auto put = [&](const std::string& members, const std::string& rows, const std::string& log) {
        f.put("ResultOfLUGDOWN.ini", result("LUGDOWN", members));
        f.put("RealTimeDataOfLUGDOWN.ini", rows);
        f.put("TestLog.ini", log);
    };
    put(replaced(lugdown_members, "K80=0.97", "K80="), lugdown_rows, lugdown_log);
    CHECK(at("ResultOfLUGDOWN.ini") == "bad_value 9 K80");
    put(replaced(lugdown_members, "K80=0.97\r\n", ""), lugdown_rows, lugdown_log);
    CHECK(at("ResultOfLUGDOWN.ini") == "bad_value 1 K80");
    put(lugdown_members, replaced(lugdown_rows, "09:11:02\r\nVelocity=70.15", "09:11:02\r\nVelocity=7O.15"),
        lugdown_log);
    CHECK(at("RealTimeDataOfLUGDOWN.ini") == "bad_value 33 Velocity");
    put(lugdown_members, replaced(lugdown_rows, "2026-03-02", "2026-02-01"), lugdown_log);
    CHECK(at("RealTimeDataOfLUGDOWN.ini") == "stale 6 SamplingTime");
    put(lugdown_members, lugdown_rows, replaced(lugdown_log, "09:13:00", "09:14:00"));
    CHECK(at("ResultOfLUGDOWN.ini") == "another_test 6 TestEndTime");
    put(lugdown_members, lugdown_rows, replaced(lugdown_log, "610404990000000002", "6.10404990000000E17"));
    CHECK(at("ResultOfLUGDOWN.ini") == "bad_value 0 ");
    put(lugdown_members, replaced(lugdown_rows, "State=3", std::string("State=3\x01") + "5"), lugdown_log);
    CHECK(at("RealTimeDataOfLUGDOWN.ini") == "damaged 23 State");
    put(lugdown_members, lugdown_rows, replaced(lugdown_log, "陕D0T777", "陕D*T777"));
    f.put("ResultOfLUGDOWN.ini", replaced(result("LUGDOWN", lugdown_members), "陕D0T777", "陕D*T777"));
    CHECK(at("TestLog.ini") == "masked 0 /vehicle/plate");

    put(lugdown_members, lugdown_rows, replaced(lugdown_log, "TestCharacter = 在用车检验", "TestCharacter = 别的"));
    CHECK(at("ResultOfLUGDOWN.ini") == "bad_value 0 ");
    for (const auto& left : f.read().left)
        if (left.file == "ResultOfLUGDOWN.ini") {
            CHECK(left.zh.ends_with("（TestLog.ini 第 12 行 TestCharacter）"));
            CHECK(left.en.ends_with("(TestLog.ini line 12 TestCharacter)"));
        }

    put(lugdown_members, "[Sum]\r\nTotal=1\r\n[1]\r\nState=2\r\n", lugdown_log);
    f.put("RealTimeDataOfLUGDOWN.ini", "[Sum]\r\nTotal=1\r\n[1]\r\nState=\x81\r\n", false);
    CHECK(at("RealTimeDataOfLUGDOWN.ini") == "unreadable 4 ");
}
