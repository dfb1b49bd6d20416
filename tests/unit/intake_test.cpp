#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "journal/digest.hpp"
#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "station/intake/formats/file_bytes.hpp"
#include "station/intake/nha/nha.hpp"
#include "tests/support/equipment.hpp"

using namespace imloop;
using namespace imloop::station::intake;
using namespace imloop::test;
using nlohmann::json;

namespace {

const std::string log_text =
    "[TestLog]\r\nReportNumber = 610404990000000001\r\nLineNumber = 02\r\nTestStartTime = 2026-03-01 16:31:43\r\n"
    "TestEndTime = 2026-03-01 16:34:38\r\nPlateNumber = 陕D0T001\r\nPlateType = 黄牌\r\nVIN = LSVAA49J132000017\r\n"
    "IsRetest = 0\r\nTestCharacter = 在用车检验\r\nFuelType = 汽油\r\nEmissionStandard = 国IV\r\nOwner = "
    "\r\nAnalyzerNumber = A1\r\n"
    "DynamometerNumber = D1";  // no last newline

const std::string idle_text =
    "[ResultOfDIS]\r\nPlateNumber=陕D0T001\r\nPlateType=黄牌\r\nIsTestFinished=1\r\nTestStartTime=2026-03-01 "
    "16:31:43\r\n"
    "TestEndTime=2026-03-01 "
    "16:34:38\r\nHCHigh=61\r\nLimitOfHCHigh=50\r\nPassOfHCHigh=0\r\nCOHigh=0.02\r\nLimitOfCOHigh=0.30\r\n"
    "PassOfCOHigh=1\r\nNeedTestLambda=0\r\nLambdaHigh=1.01\r\nNeedTestLIS=1\r\nHCLow=5\r\nLimitOfHCLow="
    "80\r\nPassOfHCLow=1\r\n"
    "COLow=0.03\r\nLimitOfCOLow=0.60\r\nPassOfCOLow=1\r\nPass=0\r\nEnvironmentalTemperature=5.70\r\n[Version]"
    "\r\nVersion=1.0\r\n";

const std::string idle_rows =
    "[Sum]\r\nTotal=2\r\n[1]\r\nSamplingTime=2026-03-01 16:33:01\r\nHC=5\r\nCO=0.02\r\nEngineRev=2520\r\n"
    "[2]\r\nSamplingTime=2026-03-01 16:33:03\r\nHC=61\r\nCO=0.02\r\nEngineRev=2500\r\n";

const std::string asm_text =
    "[ResultOfASM]\r\nPlateNumber=陕D0T001\r\nPlateType=黄牌\r\nIsTestFinished=1\r\nTestStartTime=2026-03-01 "
    "16:31:43\r\n"
    "TestEndTime=2026-03-01 "
    "16:34:38\r\nLimitOfCO5025=0.50\r\nLimitOfHC5025=90\r\nLimitOfNO5025=700\r\nCO5025=0.04\r\nHC5025=11\r\n"
    "NO5025=170\r\nPower5025=6.89\r\nLambda5025=1.05\r\nPassOfCO5025=1\r\nPassOfHC5025=1\r\nPassOfNO5025="
    "1\r\nNeedTestMode2540=0\r\nPass=1\r\n";

const std::string asm_rows =
    "\r\n[1]\r\nSamplingTime=2026-03-01 "
    "16:32:00\r\nState=4\r\nVelocity=25.1\r\nHC=12\r\n[2]\r\nSamplingTime=2026-03-01 16:32:01\r\n"
    "State=5\r\nVelocity=25.0\r\nHC=11\r\n[3]\r\nSamplingTime=2026-03-01 "
    "16:32:02\r\nState=6\r\nVelocity=25.2\r\nHC=11\r\n"
    "[StateOrder]\r\nStartCalculate5025=2\r\nEndCalculate5025=3\r\n";

}  // namespace

TEST_CASE("files of one two-speed idle test become one record") {
    Folder f;
    f.put("TestLog.ini", log_text);
    f.put("ResultOfDIS.ini", idle_text);
    f.put("RealTimeDataOfDIS.ini", idle_rows);
    f.put("DISParams.ini", "[DISParams]\r\nZCM=2\r\n", false);
    const auto intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    const auto& taken = intake.taken[0];
    const auto r = journal::parsed(taken.line);
    CHECK(r["report_no"] == "610404990000000001");
    CHECK(r["reason"] == "periodic");
    CHECK(r["line_id"] == "02");
    CHECK(r["inspector_id"] == "A017");
    CHECK(r["occurred_at"] == "2026-03-01T16:34:38+08:00");
    CHECK(r["vehicle"] == json({{"vin", "LSVAA49J132000017"},
                                {"plate", "陕D0T001"},
                                {"plate_color", "黄"},
                                {"fuel", "petrol"},
                                {"emission_stage", "国IV"}}));
    CHECK(r["verdict"] == "fail");
    CHECK(r["failed_items"] == json({"hc/high_idle"}));
    CHECK(r["readings"].size() == 5);
    CHECK(r["readings"][4] == json({{"item", "lambda"}, {"phase", "high_idle"}, {"value", 1.01}, {"unit", "1"}}));
    CHECK(taken.trace_csv ==
          "time_s,co_pct,co2_pct,o2_pct,hc_ppm,no_ppm,lambda,rpm,oil_temp_c,temperature_c,humidity_pct,pressure_kpa,"
          "obd_rpm,obd_speed_kmh\n"
          "0,0.02,,,5,,,2520,,,,,,\n2,0.02,,,61,,,2500,,,,,,\n");
    CHECK(r["trace"] == json({{"sha256", journal::to_hex(journal::sha256(taken.trace_csv))}, {"rows", 2}}));
    const auto admitted = loop::admit(taken.line, "I610404-01", now);
    CHECK(admitted.problems.empty());
    CHECK(admitted.record_id == taken.record_id);
    CHECK(f.read().taken[0].line == taken.line);
    CHECK(reason(intake, "DISParams.ini") == "not_a_test");
}

TEST_CASE("ASM files that belong together give a record with its window") {
    Folder f;
    f.put("TestLog.ini", log_text);
    f.put("ResultOfASM.ini", asm_text);
    f.put("RealTimeDataOfASM.ini", asm_rows);
    const auto intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    const auto r = journal::parsed(intake.taken[0].line);
    CHECK(r["method"] == "asm");
    CHECK(r["readings"].size() == 5);
    CHECK(r["readings"][0] ==
          json({{"item", "co"}, {"phase", "5025"}, {"value", 0.04}, {"unit", "%"}, {"limit", 0.5}, {"passed", true}}));
    CHECK(r["trace"]["window"] == json({{{"phase", "5025"}, {"first_row", 2}, {"last_row", 3}}}));
    CHECK(r["equipment"]["dynamometer_id"] == "D1");
    CHECK(intake.taken[0].trace_csv.find("\n0,hold,") != std::string::npos);
    CHECK(intake.taken[0].trace_csv.find("\n2,test,") != std::string::npos);
    CHECK(loop::admit(intake.taken[0].line, "I610404-01", now).problems.empty());
}

TEST_CASE("what does not belong is left with its reason, nothing is guessed") {
    const auto code = [&](const std::string& result, const std::string& log = log_text) {
        Folder f;
        if (!log.empty()) f.put("TestLog.ini", log);
        f.put("ResultOfDIS.ini", result);
        f.put("RealTimeDataOfDIS.ini", idle_rows);
        const auto intake = f.read();
        CHECK(intake.taken.empty());
        CHECK(intake.left.size() == (log.empty() ? 2U : 3U));
        return reason(intake, "ResultOfDIS.ini");
    };
    CHECK(code(idle_text, "") == "no_report_number");
    CHECK(code(idle_text, replaced(log_text, "610404990000000001", "")) == "no_report_number");
    CHECK(code(replaced(idle_text, "陕D0T001", "陕D0T002")) == "another_test");
    CHECK(code(replaced(idle_text, "16:34:38", "16:34:39")) == "another_test");
    CHECK(code(replaced(idle_text, "2026-03-01", "2026-02-01")) == "stale");
    CHECK(code(replaced(idle_text, "IsTestFinished=1", "IsTestFinished=0")) == "not_finished");
    CHECK(code(replaced(idle_text, "COHigh=0.02", "COHigh=")) == "bad_value");
    CHECK(code(replaced(idle_text, "COHigh=0.02", "COHigh=0,02")) == "bad_value");
    CHECK(code(idle_text.substr(0, 20)) == "unreadable");

    Folder f;
    f.put("TestLog.ini", log_text);
    f.put("ResultOfDIS.ini", idle_text);
    f.put("RealTimeDataOfDIS.ini", replaced(idle_rows, "16:33:03", "16:40:03"));
    f.put("RealTimeDataOfVMAS.ini", "[1]\r\nHC=0\r\nCO=0.00\r\n");
    f.put("RealTimeDataOfASM.ini", asm_rows);
    f.put("StationInfo.ini", "\xFF\xFEx", false);
    const auto intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    CHECK_FALSE(journal::parsed(intake.taken[0].line).contains("trace"));
    CHECK(reason(intake, "RealTimeDataOfDIS.ini") == "another_test");
    CHECK(reason(intake, "RealTimeDataOfVMAS.ini") == "blank_run");
    CHECK(reason(intake, "RealTimeDataOfASM.ini") == "no_result");
    CHECK(reason(intake, "StationInfo.ini") == "unreadable");
    CHECK(read_nha("/nowhere", settings).error().code == "no_folder");
}

TEST_CASE("the same in GB18030") {
    Folder f;
    f.put("TestLog.ini", log_text);
    f.put("ResultOfDIS.ini", idle_text);
    const auto line = f.read().taken.at(0).line;
    const std::string plate = "\xC9\xC2\x44\x30\x54\x30\x30\x31", colour = "\xBB\xC6\xC5\xC6";
    std::string gb = idle_text;
    gb.replace(gb.find("陕D0T001"), std::string("陕D0T001").size(), plate);
    gb.replace(gb.find("黄牌"), std::string("黄牌").size(), colour);
    f.put("ResultOfDIS.ini", gb, false);
    CHECK(f.read().taken.at(0).line == line);
}

TEST_CASE("the real folder gives exactly one record") {
    const char* shared = std::getenv("IMLOOP_SHARED");
    const auto folder = (shared ? std::filesystem::path(shared) : source_dir() / "../shared") / "data/equipment/nha";
    if (!std::filesystem::exists(folder)) {
        WARN("skipped: no real equipment data at " << folder);
        return;
    }
    const auto intake = read_nha(folder, settings).value();
    REQUIRE(intake.taken.size() == 1);
    const auto r = journal::parsed(intake.taken[0].line);
    CHECK(r["report_no"] == "440605012203011634380041");
    CHECK(r["method"] == "two_speed_idle");
    CHECK(r["reason"] == "retest");
    CHECK(r["verdict"] == "pass");
    CHECK(r["started_at"] == "2022-03-01T16:31:43+08:00");
    CHECK(r["trace"]["rows"] == 90);
    CHECK(std::count(intake.taken[0].trace_csv.begin(), intake.taken[0].trace_csv.end(), '\n') == 91);
    CHECK(intake.taken[0].trace_csv.find("state") == std::string::npos);
    CHECK(intake.taken[0].trace_csv.find("\n94,") != std::string::npos);
    CHECK(loop::admit(intake.taken[0].line, "I610404-01", now).problems.empty());
    CHECK(reason(intake, "ResultOfASM.ini") == "another_test");
    CHECK(reason(intake, "RealTimeDataOfASM.ini") == "another_test");
    CHECK(reason(intake, "ResultOfLUGDOWN.ini") == "stale");
    CHECK(reason(intake, "RealTimeDataOfLUGDOWN.ini") == "stale");
    CHECK(reason(intake, "ResultOfFSUNHT.ini") == "another_test");
    CHECK(reason(intake, "RealTimeDataOfFSUNHT.ini") == "stale");
    CHECK(reason(intake, "RealTimeDataOfVMAS.ini") == "blank_run");
    CHECK(reason(intake, "ResultOfOBD.ini") == "no_report_number");
    CHECK(intake.taken[0].files.size() + intake.left.size() == 25);
}

namespace {

/// A folder with one two-speed idle test; `from` is replaced by `to` in its result or its rows.
struct Idle : Folder {
    Idle(const std::string& from = {}, const std::string& to = {}) {
        put("TestLog.ini", log_text);
        put("ResultOfDIS.ini", from.empty() ? idle_text : replaced(idle_text, from, to));
        put("RealTimeDataOfDIS.ini", from.empty() ? idle_rows : replaced(idle_rows, from, to));
    }
    json record() const {
        const auto intake = read();
        REQUIRE(intake.taken.size() == 1);
        CHECK(loop::admit(intake.taken[0].line, "I610404-01", now).problems.empty());
        return journal::parsed(intake.taken[0].line);
    }
    /// `file:line code place` of what was noted or left.
    std::vector<std::string> left() const {
        std::vector<std::string> out;
        for (const auto& l : read().left) {
            CHECK_FALSE(l.zh.empty());
            CHECK_FALSE(l.en.empty());
            out.push_back(l.file + ":" + std::to_string(l.line) + " " + l.code + " " + l.place);
        }
        return out;
    }
};
using Lines = std::vector<std::string>;

json without(json record, const std::string& item, const std::string& phase) {
    auto& readings = record["readings"];
    for (auto at = readings.begin(); at != readings.end(); ++at)
        if ((*at)["item"] == item && (*at)["phase"] == phase) {
            readings.erase(at);
            return record;
        }
    return record;
}

}  // namespace

TEST_CASE("INI is read as Windows reads it: letters of either case, in names of files too, and quotes") {
    const auto same = Idle().read().taken.at(0).line;
    Idle other("HCHigh", "hchigh");
    other.put("ResultOfDIS.ini", replaced(replaced(idle_text, "[ResultOfDIS]", "[RESULTOFDIS]"), "PlateNumber=陕D0T001",
                                          "PLATENUMBER=\"陕D0T001\""));
    CHECK(other.read().taken.at(0).line == same);
    Folder capitals;
    capitals.put("TESTLOG.INI", log_text);
    capitals.put("resultofdis.Ini", idle_text);
    capitals.put("RealTimeDataOfDIS.INI", idle_rows);
    const auto intake = read_nha(capitals.dir.path(), settings).value();
    REQUIRE(intake.taken.size() == 1);
    CHECK(intake.taken[0].line == same);
    CHECK(intake.taken[0].files == Lines{"resultofdis.Ini", "RealTimeDataOfDIS.INI", "TESTLOG.INI"});
}

TEST_CASE("of a key or section that stands twice the first counts, the second is named with file and line") {
    const auto same = Idle().record();
    const Idle twice("Pass=0\r\n", "Pass=0\r\nPASS=1\r\n");
    CHECK(twice.record() == same);
    CHECK(twice.left() == Lines{"ResultOfDIS.ini:23 repeated_member PASS"});
    Idle section;
    section.put("ResultOfDIS.ini", idle_text + "[resultofdis]\r\nHCHigh=17\r\nPass=1\r\n");
    CHECK(section.record() == same);
    CHECK(section.left() == Lines{"ResultOfDIS.ini:26 repeated_member [resultofdis]"});
    const Idle equal("Pass=0\r\n", "Pass=0\r\nPass=0\r\n");
    CHECK(equal.left().empty());
    Idle files;
    files.put("testlog.INI", replaced(log_text, "陕D0T001", "陕D0T002"));
    CHECK(files.record() == same);
    CHECK(files.left() == Lines{"testlog.INI:0 repeated "});
}

TEST_CASE("numbers that say none are absent and named, in results, the surroundings and process data; -12 °C is not") {
    const auto same = Idle().record();
    const Idle reading("HCLow=5", "HCLow=-999");
    CHECK(reading.record() == without(same, "hc", "idle"));
    CHECK(reading.left() == Lines{"ResultOfDIS.ini:16 no_value HCLow"});
    CHECK(Idle("COLow=0.03", "COLow=-1").record() == without(same, "co", "idle"));
    CHECK(Idle("LambdaHigh=1.01", "LambdaHigh=99.99").record() == without(same, "lambda", "high_idle"));
    auto surroundings = same;
    surroundings["environment"] = json::object();
    CHECK(Idle("EnvironmentalTemperature=5.70", "EnvironmentalTemperature=-9999").record() == surroundings);
    surroundings["environment"] = {{"temperature_c", -12}};
    const Idle cold("EnvironmentalTemperature=5.70", "EnvironmentalTemperature=-12.00");
    CHECK(cold.record() == surroundings);
    CHECK(cold.left().empty());
    const Idle rows("HC=61", "HC=-999");
    CHECK(rows.read().taken.at(0).trace_csv.ends_with("\n2,0.02,,,,,,2500,,,,,,\n"));
    CHECK(rows.left() == Lines{"RealTimeDataOfDIS.ini:10 no_value HC"});
    // What failed and has no value is still what failed.
    const Idle failed("HCHigh=61", "HCHigh=99999");
    CHECK(failed.record()["failed_items"] == json({"hc/high_idle"}));
    CHECK(failed.record()["readings"].size() == 4);
}

TEST_CASE("process data that is not whole is not taken; the record says so") {
    const auto same = Idle().record();
    const auto with = [&](const std::string& rows, const std::string& code, const std::string& found) {
        Idle f;
        f.put("RealTimeDataOfDIS.ini", rows);
        auto expected = same;
        expected.erase("trace");
        expected["quality"] = {{{"member", "trace"}, {"code", code}}};
        if (!found.empty()) expected["quality"][0]["found"] = found;
        CHECK(f.record() == expected);
        CHECK(f.read().taken.at(0).trace_csv.empty());
        CHECK(reason(f.read(), "RealTimeDataOfDIS.ini") == "bad_trace");
    };
    with(replaced(idle_rows, "Total=2", "Total=30"), "cut_short", "2 of 30");
    with(replaced(idle_rows, "Total=2", "Total=1"), "too_many_rows", "2 of 1");
    with(idle_rows.substr(0, idle_rows.find("CO=0.02", idle_rows.find("[2]"))), "cut_short", "1 of 2");
    with(replaced(idle_rows, "[2]", "[3]"), "has_holes", "2 of 3");
    with(replaced(idle_rows, "16:33:01", "16:33:09"), "out_of_order", "");
    with(idle_rows + "[2]\r\nHC=1\r\n", "out_of_order", "");
    // Cut within a character of UTF-16.
    Idle odd;
    const auto wide = utf16(idle_rows);
    odd.put("RealTimeDataOfDIS.ini", wide.substr(0, wide.size() - 31), false);
    CHECK(odd.record()["quality"][0]["found"] == "1 of 2");
}

TEST_CASE("zero bytes and other control characters never enter a record") {
    const auto same = Idle().record();
    Idle zeros;
    zeros.put("ResultOfDIS.ini", idle_text + std::string(64, '\0'));
    CHECK(zeros.record() == same);
    Idle inside;
    inside.put("ResultOfDIS.ini", replaced(idle_text, "Version=1.0", std::string("Version=1\0000", 11)));
    auto expected = same;
    expected["equipment"].erase("software_version");
    CHECK(inside.record() == expected);
    CHECK(inside.left() == Lines{"ResultOfDIS.ini:25 damaged Version"});
}

TEST_CASE("only regular files are read, of a size that is looked at first; what is none is named") {
    Idle f;
    const auto at = [&](const char* name) { return f.dir.path() / name; };
    REQUIRE(mkfifo(at("x.ini").c_str(), 0600) == 0);
    REQUIRE(mkfifo(at("pipe").c_str(), 0600) == 0);
    std::filesystem::create_symlink(at("pipe"), at("RealTimeDataOfASM.ini"));
    std::filesystem::create_symlink("/dev/zero", at("VehicleInfo.ini"));
    std::filesystem::create_directory(at("ResultOfASM.ini"));
    std::ofstream(at("ResultOfVMAS.ini")) << "[ResultOfVMAS]\n";
    std::filesystem::resize_file(at("ResultOfVMAS.ini"), message_bytes_max + 1);
    CHECK(f.left() == Lines{"RealTimeDataOfASM.ini:0 not_a_file ", "ResultOfASM.ini:0 not_a_file ",
                            "ResultOfVMAS.ini:0 too_large ", "VehicleInfo.ini:0 not_a_file ", "x.ini:0 not_a_file "});
    CHECK(f.read().taken.size() == 1);
    const auto one = bytes_of(at("pipe"));
    CHECK(std::get<Left>(one).code == "not_a_file");
}

TEST_CASE("a VIN of ones is kept as written and noted") {
    Idle f;
    f.put("TestLog.ini", replaced(log_text, "LSVAA49J132000017", "11111111111111111"));
    CHECK(f.record()["vehicle"]["vin"] == "11111111111111111");
    CHECK(f.left() == Lines{"TestLog.ini:0 vin_placeholder /vehicle/vin"});
}
