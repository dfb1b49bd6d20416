// XML of provincial platforms: the reader, the records, and what is refused and where.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "journal/digest.hpp"
#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "station/intake/equipment.hpp"
#include "station/intake/formats/xml.hpp"
#include "tests/support/equipment.hpp"
#include "tests/support/province_xml.hpp"

using namespace imloop;
using namespace imloop::station::intake;
using namespace imloop::test;
using nlohmann::json;

namespace {

const std::string idle_rows =
    "<process_data>\n<time>20260302100100</time>\n<idle_type>2</idle_type>\n<time_no>1</time_no>\n<hc>60</hc>\n"
    "<co>0.02</co>\n<o2>0.3</o2>\n<co2>14.9</co2>\n<p_lambda>1.01</p_lambda>\n<rpm>2500</rpm>\n</process_data>\n"
    "<process_data>\n<idle_type>4</idle_type>\n<time_no>2</time_no>\n<hc>99999</hc>\n<co>0.03</co>\n<rpm>800</rpm>\n"
    "</process_data>\n";
const std::string obd =
    "<odometer>88000</odometer>\n<obdzsq>1</obdzsq>\n<obdstand>EOBD</obdstand>\n<communication>0</communication>\n"
    "<isready>0</isready>\n<isreadyfailitem>0,3</isreadyfailitem>\n";
const std::string obd_blocks =
    "<trou_data><troubleid>P0420</troubleid><milodo>35</milodo><gzmnum>1</gzmnum></trou_data>\n"
    "<cal_data><obd_con_name>发动机控制单元</obd_con_name><calid>CAL1</calid><cvn>000087DE</cvn></cal_data>\n"
    "<cal_data><obd_con_name>后处理控制单元</obd_con_name><calid>不支持</calid><cvn>不支持</cvn></cal_data>\n";

/// A folder of XML files.
struct XmlFolder : Folder {
    void put(const std::string& name, const std::string& bytes) const { Folder::put(name, bytes, false); }
    Intake read() const { return read_equipment(dir.path(), settings).value(); }
    Intake read(const std::string& bytes) const {
        put("t.xml", bytes);
        return read_equipment(dir.path() / "t.xml", settings).value();
    }
};

/// The record of the one file, which the hub would admit.
json record_of(const std::string& bytes) {
    const XmlFolder f;
    const auto intake = f.read(bytes);
    for (const auto& left : intake.left) UNSCOPED_INFO(left.code << " " << left.line << " " << left.en);
    REQUIRE(intake.taken.size() == 1);
    const auto admitted = loop::admit(intake.taken[0].line, "I610404-01", now);
    for (const auto& problem : admitted.problems) UNSCOPED_INFO(problem.pointer << " " << problem.code);
    CHECK(admitted.problems.empty());
    CHECK(admitted.record_id == intake.taken[0].record_id);
    return journal::parsed(intake.taken[0].line);
}

/// `code:line` with which the one file was refused.
std::string refusal_of(const std::string& bytes) {
    const XmlFolder f;
    const auto intake = f.read(bytes);
    CHECK(intake.taken.empty());
    REQUIRE(intake.left.size() == 1);
    CHECK_FALSE(intake.left[0].zh.empty());
    CHECK_FALSE(intake.left[0].en.empty());
    return intake.left[0].code + ":" + std::to_string(intake.left[0].line);
}

XmlNode root_of(const std::string& text) {
    const auto documents = parse_xml(text);
    REQUIRE(documents.size() == 1);
    return documents[0].value();
}
std::string error_of(const std::string& text) {
    const auto documents = parse_xml(text);
    REQUIRE(documents.size() == 1);
    return documents[0].error().code;
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

TEST_CASE("a two-speed idle file becomes one record with its trace") {
    const XmlFolder f;
    const auto intake = f.read(file_of(head + idle, idle_rows));
    REQUIRE(intake.taken.size() == 1);
    REQUIRE(intake.left.size() == 1);
    CHECK(intake.left[0].code == "no_value");
    CHECK(intake.left[0].place == "hc");
    const auto& taken = intake.taken[0];
    const auto r = journal::parsed(taken.line);
    CHECK(r["report_no"] == "61040026030211");
    CHECK(r["reason"] == "periodic");
    CHECK(r["method"] == "two_speed_idle");
    CHECK(r["line_id"] == "02");
    CHECK(r["inspector_id"] == "zhangs");
    CHECK(r["started_at"] == "2026-03-02T10:00:00+08:00");
    CHECK(r["occurred_at"] == "2026-03-02T10:04:00+08:00");
    CHECK(r["vehicle"] == json({{"vin", "LSVAA49J132000017"}, {"plate", "陕D0T001"}}));
    CHECK(r["environment"] == json({{"temperature_c", 12.5}, {"humidity_pct", 40}, {"pressure_kpa", 96.2}}));
    auto lambda = reading("lambda", "high_idle", 1.01, "1", 1.05, true);
    lambda["limit_low"] = 0.95;
    CHECK(r["readings"] == json({reading("co", "idle", 0.02, "%", 0.6, true), reading("hc", "idle", 5, "ppm", 80, true),
                                 reading("co", "high_idle", 0.02, "%", 0.3, true),
                                 reading("hc", "high_idle", 61, "ppm", 50, false), lambda}));
    CHECK(r["verdict"] == "fail");
    CHECK(r["failed_items"] == json({"hc/high_idle"}));
    CHECK(taken.trace_csv ==
          "time_s,state,state_code,co_pct,co2_pct,o2_pct,hc_ppm,lambda,rpm\n"
          "0,high_idle,2,0.02,14.9,0.3,60,1.01,2500\n1,idle,4,0.03,,,,,800\n");
    CHECK(r["trace"] == json({{"sha256", journal::to_hex(journal::sha256(taken.trace_csv))}, {"rows", 2}}));
    CHECK(loop::admit(taken.line, "I610404-01", now).problems.empty());
    CHECK(taken.record_id == r["record_id"]);
    CHECK(f.read(file_of(head + idle, idle_rows)).taken[0].line == taken.line);
}

TEST_CASE("ASM, lug-down, free acceleration and VMAS are told by their members") {
    auto r = record_of(
        file_of(head + "<co_5025>0.04</co_5025><co_5025_limit>0.5</co_5025_limit><co_5025_passed>1</co_5025_passed>"
                       "<hc_5025>11</hc_5025><hc_5025_limit>90</hc_5025_limit><hc_5025_passed>1</hc_5025_passed>"
                       "<no_5025>170</no_5025><no_5025_limit>700</no_5025_limit><no_5025_passed>1</no_5025_passed>"
                       "<power_5025>6.89</power_5025><rev_5025>1638</rev_5025><lambda_5025>1.05</lambda_5025>"
                       "<co_2540>99999</co_2540><co_2540_limit>0.4</co_2540_limit><hc_2540>99999</hc_2540>"
                       "<no_2540>99999.00</no_2540><power_2540>99999</power_2540><passed>1</passed>"));
    CHECK(r["method"] == "asm");
    CHECK(r["verdict"] == "pass");
    CHECK(r["readings"] ==
          json({reading("co", "5025", 0.04, "%", 0.5, true), reading("hc", "5025", 11, "ppm", 90, true),
                reading("no", "5025", 170, "ppm", 700, true), reading("lambda", "5025", 1.05, "1"),
                reading("power", "5025", 6.89, "kW")}));

    r = record_of(
        file_of(head + "<smokeklimit>1.2</smokeklimit><k80limit>1.2</k80limit><k80nolimit>1500</k80nolimit>"
                       "<k100>1.1</k100><k80>0.9</k80><k80no>300</k80no><maxpowerlimit>60</maxpowerlimit>"
                       "<maxpower>51</maxpower><k80judge>1</k80judge><k100judge>1</k100judge>"
                       "<k80nojudge>1</k80nojudge><passed>0</passed>",
                "<process_data><lugdown_type>0</lugdown_type><time_no>1</time_no><vehicle_speed>70</vehicle_speed>"
                "<kh>0.05</kh><nox>250</nox><power>40.5</power></process_data>"
                "<process_data><lugdown_type>9</lugdown_type><time_no>2</time_no><vehicle_speed>71</vehicle_speed>"
                "<kh>0.06</kh><nox>251</nox><power>40.6</power></process_data>"));
    CHECK(r["method"] == "lugdown");
    auto power = reading("power", "max", 51, "kW");
    power["limit"] = 60;
    CHECK(r["readings"] ==
          json({reading("opacity", "k100", 1.1, "1/m", 1.2, true), reading("opacity", "k80", 0.9, "1/m", 1.2, true),
                reading("nox", "k80", 300, "ppm", 1500, true), power}));
    CHECK(r["failed_items"] == json({"power/max"}));
    CHECK(r["trace"]["rows"] == 2);

    r = record_of(file_of(head +
                          "<smoke1>1.0</smoke1><smoke2>1.1</smoke2><smoke3>1.2</smoke3><smoke_avg >1.1</smoke_avg>"
                          "<smoke_limit>1.2</smoke_limit><passed>1</passed>"));
    CHECK(r["method"] == "free_acceleration");
    auto mean = reading("opacity", "mean", 1.1, "1/m");
    mean["limit"] = 1.2;
    CHECK(r["readings"] == json({reading("opacity", "1", 1, "1/m"), reading("opacity", "2", 1.1, "1/m"),
                                 reading("opacity", "3", 1.2, "1/m"), mean}));

    r = record_of(file_of(head +
                          "<check_method>3</check_method><co>2.1</co><co_limit>8</co_limit><co_passed>1</co_passed>"
                          "<hc>0.4</hc><nox>0.6</nox><passed>1</passed>"));
    CHECK(r["method"] == "vmas");
    CHECK(r["readings"].size() == 3);
}

TEST_CASE("the check type is the reason; comparisons and aborted tests say so") {
    const auto reason_for = [](const std::string& type) {
        return record_of(file_of(replaced(head, "<check_type>1", "<check_type>" + type) + idle))["reason"];
    };
    CHECK(reason_for("2") == "initial");
    CHECK(reason_for("3") == "initial");
    CHECK(reason_for("4") == "comparison");
    CHECK(reason_for("5") == "retest");
    CHECK(reason_for("6") == "retest");
    const auto aborted = record_of(file_of(head + "<low_co>99999</low_co><high_co></high_co><passed>2</passed>"));
    CHECK(aborted["verdict"] == "aborted");
    CHECK(aborted["readings"].empty());
}

TEST_CASE("times of the forms platforms use are +08:00") {
    const auto started = [](const std::string& time) {
        return record_of(
            file_of(replaced(head, "<start_time>2026-03-02 10:00:00", "<start_time>" + time) + idle))["started_at"];
    };
    CHECK(started("20260302100001") == "2026-03-02T10:00:01+08:00");
    CHECK(started("2026/3/2 9:05:01") == "2026-03-02T09:05:01+08:00");
    CHECK(started("2026-03-02 09:05:01.0") == "2026-03-02T09:05:01+08:00");
    CHECK(started("09:05:01") == "2026-03-02T09:05:01+08:00");
    CHECK(started("2026-03-02T01:05:01Z") == "2026-03-02T01:05:01Z");
}

TEST_CASE("the OBD check that stands with the test goes into its record") {
    const auto r = record_of(file_of(head + idle + obd, obd_blocks + idle_rows));
    CHECK(r["obd"] == json({{"communicates", true},
                            {"mil_on", true},
                            {"mil_distance_km", 35},
                            {"dtcs", {"P0420"}},
                            {"readiness", {{"complete", false}, {"catalyst", false}, {"egr", false}}},
                            {"cal_id", "CAL1"},
                            {"cvn", "000087DE"},
                            {"standard", "EOBD"},
                            {"mileage_km", 88000}}));
    CHECK(r["failed_items"] == json({"hc/high_idle"}));
    const auto diesel = record_of(file_of(head + idle + "<rlzl>B</rlzl>" + obd));
    CHECK(diesel["vehicle"]["fuel"] == "diesel");
    CHECK(diesel["obd"]["readiness"] == json({{"complete", false}, {"scr", false}, {"dpf", false}}));
    const auto block = record_of(
        file_of(head + replaced(replaced(idle, "<high_hc>61", "<high_hc>41"), "<high_hc_passed>0", "<high_hc_passed>1"),
                "<obd_data>" + obd + "<passed>0</passed></obd_data>"));
    CHECK(block["failed_items"] == json({"obd"}));
    const auto alone = record_of(file_of(head + obd + "<passed>1</passed>", obd_blocks));
    CHECK(alone["method"] == "obd_only");
    CHECK(alone["readings"].empty());
}

TEST_CASE("an OBD file of a folder belongs to the test of the same number and vehicle, and to no other") {
    const std::string check =
        "<check_id>61040026030211</check_id>\n<vin>LSVAA49J132000017</vin>\n<plate>陕D·0T001</plate>\n" + obd +
        "<passed>0</passed>\n";
    const XmlFolder f;
    f.put("a_obd.xml", file_of(check, obd_blocks));
    f.put("b_obd.xml", file_of(check));
    f.put("c_obd.xml", file_of(replaced(check, "0T001", "0T002")));
    f.put("d_obd.xml", file_of(replaced(check, "30211", "30212")));
    f.put("test.XML", file_of(head + idle));
    f.put("readme.txt", "no XML");
    const auto intake = f.read();
    REQUIRE(intake.taken.size() == 1);
    CHECK(intake.taken[0].files == std::vector<std::string>{"test.XML", "a_obd.xml"});
    const auto r = journal::parsed(intake.taken[0].line);
    CHECK(r["obd"]["dtcs"] == json({"P0420"}));
    CHECK(r["failed_items"] == json({"hc/high_idle", "obd"}));
    CHECK(loop::admit(intake.taken[0].line, "I610404-01", now).problems.empty());
    CHECK(reason(intake, "b_obd.xml") == "repeated");
    CHECK(reason(intake, "c_obd.xml") == "no_test");
    CHECK(reason(intake, "d_obd.xml") == "no_test");
    CHECK(intake.left.size() == 3);
}

TEST_CASE("the same record comes of every encoding, and of text that is mended") {
    const std::string sound = file_of(head + idle, idle_rows);
    const auto same = record_of(sound);
    const std::string plate_gb =
        "\xC9\xC2"
        "D0T001";
    CHECK(record_of("\xEF\xBB\xBF" + sound) == same);
    CHECK(record_of(utf16(sound)) == same);
    CHECK(record_of(replaced(replaced(sound, "陕D0T001", plate_gb), "utf-8", "GB2312")) == same);
    CHECK(record_of(replaced(replaced(sound, "陕D0T001", plate_gb), " encoding='utf-8'", "")) == same);
    CHECK(refusal_of(replaced(sound, "陕D0T001", plate_gb)) == "unreadable:10");
    CHECK(record_of(replaced(sound, "utf-8", "GBK")) == same);
    CHECK(record_of(replaced(sound, "<plate>", "<<plate>")) == same);
    CHECK(record_of(replaced(sound, "</plate>", "<</plate>")) == same);
    CHECK(record_of(replaced(sound, "陕D0T001", "%E9%99%95D0T001")) == same);
    CHECK(record_of(replaced(sound, "陕D0T001", "%C9%C2D0T001")) == same);
    CHECK(record_of(replaced(sound, "2026-03-02 10:00:00", "2026-03-02%2010%3A00%3A00")) == same);
    CHECK(record_of(replaced(sound, "\n", "\r\n")) == same);
    CHECK(record_of(replaced(sound, "<result>\n", "<xml><result>\n") + "</xml>") == same);
    std::string encoded;
    for (const char c : sound) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        constexpr std::string_view digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        if (c == ' ')
            encoded += '+';
        else if (plain)
            encoded += c;
        else
            encoded += std::string("%") + digits[byte >> 4U] + digits[byte & 15U];
    }
    CHECK(record_of(encoded) == same);
    // 牛 in GB2312 is a Latin letter in UTF-8: a text that says to be GB2312 is believed.
    CHECK(record_of(replaced(replaced(sound, "utf-8", "gb2312"), "陕D0T001",
                             "\xC5\xA3"
                             "D0T001"))["vehicle"]["plate"] == "牛D0T001");
}

TEST_CASE("the reader keeps what is not its own, and the lines") {
    const auto root = root_of(
        "<a>\n<b>x & y &lt; 3 < 5 &nbsp; &#65;</b>\n<!-- << & -->\n<c><![CDATA[1 && 2]]></c>\n<d>100%</d><中 />\n</a>");
    CHECK(root.value("b") == "x & y < 3 < 5 &nbsp; A");
    CHECK(root.value("c") == "1 && 2");
    CHECK(root.value("d") == "100%");
    CHECK(root.child("c")->line == 4);
    CHECK(root.child("中") != nullptr);
    CHECK(root_of("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><a>&e;</a>").text == "&e;");
    CHECK(error_of(std::string(message_bytes_max + 1, ' ')) == "too_large");
    CHECK(error_of("\xFF\xFEx") == "unreadable");
    CHECK(error_of("<?xml version='1.0' encoding=") == "malformed_xml");
    std::string deep;
    for (int i = 0; i < 100; ++i) deep = "<a>" + deep + "</a>";
    CHECK(error_of(deep) == "malformed_xml");
}

TEST_CASE("what can't be taken is refused with its code and line") {
    const auto with = [](const std::string& from, const std::string& to) {
        return file_of(replaced(head + idle, from, to), idle_rows);
    };
    CHECK(refusal_of(with("61040026030211", "")) == "no_report_number:4");
    CHECK(refusal_of(with("<check_type>1", "<check_type>9")) == "unknown_check_type:5");
    CHECK(refusal_of(with("LSVAA49J132000017</vin>\n<plate>陕D0T001", "</vin>\n<plate>无")) == "vehicle_unnamed:3");
    CHECK(refusal_of(with("2026-03-02 10:00:00", "2026年")) == "bad_value:12");
    CHECK(refusal_of(with("2026-03-02 10:04:00", "2026-03-02 09:04:00")) == "bad_value:13");
    CHECK(refusal_of(with("<low_hc>5<", "<low_hc>5,0<")) == "bad_value:25");
    CHECK(refusal_of(with("<low_hc_passed>1", "<low_hc_passed>合格")) == "bad_value:26");
    CHECK(refusal_of(with("<passed>0", "<passed>3")) == "invalid_test:33");
    CHECK(refusal_of(with("<passed>0", "<passed>")) == "bad_value:33");
    CHECK(refusal_of(with("<passed>0", "<passed>1")) == "contradiction:33");
    CHECK(refusal_of(with("<passed>", "<k100>1</k100><passed>")) == "unknown_method:3");
    CHECK(refusal_of(with("<passed>", "<check_method>4</check_method><passed>")) == "unknown_method:33");
    CHECK(refusal_of(file_of(head + "<passed>1</passed>\n")) == "unknown_method:3");
    CHECK(refusal_of(file_of(head + "<low_co>99999</low_co><passed>1</passed>\n")) == "no_values:3");
    CHECK(refusal_of(file_of(head + idle + replaced(obd, "0,3", "0,7"))) == "bad_value:39");
    CHECK(refusal_of(file_of("<check_id>1</check_id>\n<vin>X</vin>\n", "<process_data><rpm>1</rpm></process_data>")) ==
          "no_result:7");
    CHECK(refusal_of("<result><status>true</status></result>") == "not_a_test:1");
    CHECK(refusal_of(file_of(obd + "<passed>1</passed>\n")) == "no_report_number:3");
    CHECK(refusal_of(with("</vin>", "")) == "malformed_xml:34");
    CHECK(refusal_of(file_of(head + idle).substr(0, 300)).starts_with("malformed_xml:"));
    CHECK(refusal_of("") == "malformed_xml:1");
}

TEST_CASE("process data that is no good is left with its line, and the record is taken without it") {
    const XmlFolder f;
    const auto place = [&](const std::string& from, const std::string& to) {
        const auto intake = f.read(file_of(head + idle, replaced(idle_rows, from, to)));
        REQUIRE(intake.taken.size() == 1);
        CHECK(intake.taken[0].trace_csv.empty());
        CHECK_FALSE(journal::parsed(intake.taken[0].line).contains("trace"));
        REQUIRE(intake.left.size() == 1);
        CHECK(intake.left[0].code == "bad_trace");
        return intake.left[0].line;
    };
    CHECK(place("<co>0.03", "<co>O.03") == 50);
    CHECK(place("<time_no>2", "<time_no>1") == 46);
    CHECK(place("<time_no>1", "<time_no>20260302100100") == 46);
    CHECK(place("<idle_type>4", "<idle_type>怠速") == 46);
    std::string many;
    for (int i = 1; i <= 3601; ++i)
        many += "<process_data><time_no>" + std::to_string(i) + "</time_no></process_data>\n";
    CHECK(place(idle_rows, many) == 35 + 3600);
}

TEST_CASE("a path is read as what it holds: XML, an NHA folder, or both") {
    const XmlFolder f;
    f.put("DISParams.ini", "[DISParams]\r\nZCM=2\r\n");
    CHECK(reason(read_equipment(f.dir.path(), settings).value(), "DISParams.ini") == "not_a_test");
    f.put("t.xml", file_of(head + idle));
    const auto both = read_equipment(f.dir.path(), settings).value();
    CHECK(both.taken.size() == 1);
    CHECK(reason(both, "DISParams.ini") == "not_a_test");
    CHECK(read_equipment(f.dir.path() / "t.xml", settings).value().taken.size() == 1);
    CHECK(read_equipment("/nowhere", settings).error().code == "no_folder");
}

namespace {

/// `file:line code place` of what was noted or left.
std::vector<std::string> left_of(const Intake& intake) {
    std::vector<std::string> out;
    for (const auto& l : intake.left) {
        CHECK_FALSE(l.zh.empty());
        CHECK_FALSE(l.en.empty());
        out.push_back(l.file + ":" + std::to_string(l.line) + " " + l.code + " " + l.place);
    }
    return out;
}
using Lefts = std::vector<std::string>;

json without(json record, const std::string& item, const std::string& phase) {
    std::erase_if(record["readings"].get_ref<json::array_t&>(),
                  [&](const json& r) { return r["item"] == item && r["phase"] == phase; });
    return record;
}

}  // namespace

TEST_CASE("every message of a file is a record or is named with its line") {
    const XmlFolder f;
    const auto first = file_of(head + idle);
    const auto second = file_of(replaced(head, "61040026030211", "61040026030212") + idle);
    const auto numbers = [](const Intake& intake) {
        std::vector<std::string> out;
        for (const auto& taken : intake.taken) out.push_back(journal::parsed(taken.line)["report_no"]);
        return out;
    };
    const Lefts both{"61040026030211", "61040026030212"};
    CHECK(numbers(f.read(first + second)) == both);
    CHECK(numbers(f.read(replaced(first + second, "<?xml version='1.0' encoding='utf-8'?>\n", ""))) == both);
    CHECK(numbers(f.read("<results>" + replaced(first + second, "<?xml version='1.0' encoding='utf-8'?>\n", "") +
                         "</results>")) == both);
    const auto cut = f.read(first + second.substr(0, 300));
    CHECK(numbers(cut) == Lefts{"61040026030211"});
    REQUIRE(cut.left.size() == 1);
    CHECK(cut.left[0].code == "malformed_xml");
    CHECK(cut.left[0].line > 35);
    CHECK(left_of(f.read(first + "<?xml version='1.0'?>\n<status>true</status>")) == Lefts{"t.xml:37 not_a_test "});
}

TEST_CASE("text that stands where none belongs is named with its line, and the records around it are kept") {
    const XmlFolder f;
    const auto first = file_of(head + idle);
    const auto second = file_of(replaced(head, "61040026030211", "61040026030212") + idle);
    const auto bare = replaced(second, "<?xml version='1.0' encoding='utf-8'?>\n", "");
    const auto same = record_of(first);
    const auto read = [&](const std::string& bytes, std::size_t records) {
        auto intake = f.read(bytes);
        REQUIRE(intake.taken.size() == records);
        CHECK(journal::parsed(intake.taken[0].line) == same);
        return left_of(intake);
    };
    const auto lines = std::ranges::count(first, '\n');
    const auto outside = [&](std::ptrdiff_t line) {
        return Lefts{"t.xml:" + std::to_string(line) + " malformed_xml "};
    };
    CHECK(read(first + "\n请重新检测\n" + second, 2) == outside(lines + 2));
    CHECK(read(first + "  61040026030212,陕D0T002\n" + bare, 2) == outside(lines + 1));
    CHECK(read(first + "\n\n{\"check_id\": \"61040026030212\"}\n", 1) == outside(lines + 3));
    CHECK(read(first + "result&gt;&lt;result_data&gt;\n", 1) == outside(lines + 1));
    CHECK(read(first + "<![CDATA[" + bare + "]]>", 1) == outside(lines + 1));
    CHECK(read(first + "<?xml version='1.0'?>\n", 1) == outside(lines + 1));
    CHECK(read(replaced(first, "<result>", "HTTP/1.1 200 OK\n<result>"), 1) == outside(2));
    CHECK(refusal_of("61040026030211,陕D0T001\n") == "malformed_xml:1");

    // Inside: the record is taken, the text is a note.
    CHECK(read(replaced(first, "</high_hc>", "</high_hc>\n14"), 1) == Lefts{"t.xml:32 not_read result_data"});
    CHECK(left_of(f.read("<results>\n x " + bare + " y </results>")) == Lefts{"t.xml:2 not_read results"});
    CHECK(left_of(f.read(
              file_of(head + idle, "5\n" + replaced(replaced(idle_rows, "99999", "98"), "<co>0.02", ";<co>0.02")))) ==
          Lefts{"t.xml:35 not_read result", "t.xml:41 not_read process_data"});

    // What belongs there, or is nothing.
    for (const auto* fine : {"<!-- 第二次 -->\n", "<?check done?>\n", " \t\r\n\n", "\xEF\xBB\xBF", "　\n"}) {
        INFO(fine);
        CHECK(read(first + fine + bare, 2).empty());
        CHECK(read(first + fine, 1).empty());
        CHECK(read(replaced(first, "</high_hc>", std::string("</high_hc>") + fine), 1).empty());
    }
    CHECK(read(first + std::string(64, '\0') + second, 2).empty());
    CHECK(read(first + std::string("\x1A\0\0", 3), 1).empty());
}

TEST_CASE("a damaged character spoils its own member and nothing else, where the encoding is declared") {
    const auto whole = file_of(replaced(head, "zhangs", "检验员甲乙") + "<clxh>江淮甲</clxh>\n" + idle);
    auto expected = record_of(whole);
    expected["inspector_id"] = "A017";
    const XmlFolder f;
    const auto cut = f.read(replaced(whole, "员甲乙", "员\xE7\x94\xB2\xE4\xB9"));
    REQUIRE(cut.taken.size() == 1);
    CHECK(journal::parsed(cut.taken[0].line) == expected);
    CHECK(left_of(cut) == Lefts{"t.xml:8 damaged user_id"});
    // The same without a declaration: all but one character of it are UTF-8.
    const auto undeclared =
        f.read(replaced(replaced(whole, "员甲乙", "员\xE7\x94\xB2\xE4\xB9"), " encoding='utf-8'", ""));
    CHECK(journal::parsed(undeclared.taken.at(0).line) == expected);
    CHECK(refusal_of(file_of(replaced(head, "61040026030211", "6104\x01\x02") + idle)) == "no_report_number:4");
}

TEST_CASE("numbers that say none are absent and named; a temperature of -12 stays") {
    const XmlFolder f;
    const auto same = record_of(file_of(head + idle));
    const auto none = f.read(file_of(head + replaced(idle, "<low_hc>5", "<low_hc>-999")));
    CHECK(journal::parsed(none.taken.at(0).line) == without(same, "hc", "idle"));
    CHECK(left_of(none) == Lefts{"t.xml:25 no_value low_hc"});
    for (const auto* word : {"-9999", "-1.00", "-888", "99999.9", "Null", "none", "NAN", "-1.#IND00", "1.#QNAN",
                             "非数字", "-Infinity", "----", "未检测", "***"}) {
        INFO(word);
        CHECK(record_of(file_of(head + replaced(idle, "<low_hc>5", std::string("<low_hc>") + word))) ==
              without(same, "hc", "idle"));
    }
    CHECK(record_of(file_of(head + replaced(idle, "<lambda>1.01", "<lambda>-1"))) ==
          without(same, "lambda", "high_idle"));
    auto weather = same;
    weather["environment"] = json::object();
    const auto broken = f.read(
        file_of(replaced(replaced(replaced(head, ">12.5<", ">-999<"), ">96.2<", ">-999<"), ">40<", ">-999.0<") + idle));
    CHECK(journal::parsed(broken.taken.at(0).line) == weather);
    CHECK(broken.left.size() == 3);
    weather = same;
    weather["environment"]["temperature_c"] = -12;
    CHECK(record_of(file_of(replaced(head, ">12.5<", ">-12<") + idle)) == weather);
}

TEST_CASE("of a member that stands twice the first counts, both lines are named") {
    const XmlFolder f;
    const auto same = record_of(file_of(head + idle));
    const auto twice = f.read(
        file_of(head + replaced(idle, "<high_hc>61</high_hc>\n", "<high_hc>61</high_hc>\n<high_hc>14</high_hc>\n")));
    CHECK(journal::parsed(twice.taken.at(0).line) == same);
    REQUIRE(left_of(twice) == Lefts{"t.xml:32 repeated_member high_hc"});
    CHECK(twice.left[0].en.find("line 31") != std::string::npos);
}

TEST_CASE("values as attributes, limits as attributes and name spaces are dialects of one message") {
    const XmlFolder f;
    const auto same = record_of(file_of(head + idle));
    const auto data = root_of(file_of(head + idle)).children.at(0);
    std::string flat;
    for (const auto& member : data.children) flat += " " + member.name + "=\"" + member.text + "\"";
    CHECK(record_of("<result><result_data" + flat + "/></result>") == same);
    auto prefixed = replaced(replaced(file_of(head + idle), "<result", "<n:result"), "</result", "</n:result");
    prefixed = replaced(prefixed, "<n:result>", "<n:result xmlns:n='urn:x'>");
    CHECK(record_of(prefixed) == same);
    CHECK(record_of(replaced(replaced(file_of(head + idle), "low_hc>", "LOW_HC>"), "result_data>", "Result_Data>")) ==
          same);
    const auto limits = replaced(
        replaced(idle, "<low_hc_limit>80</low_hc_limit>\n<low_hc>5</low_hc>\n<low_hc_passed>1</low_hc_passed>\n",
                 "<low_hc limit='80' passed='1' unit='ppm'>5</low_hc>\n"),
        "<lambda_limit_l>0.95</lambda_limit_l>\n<lambda_limit_h>1.05</lambda_limit_h>\n<lambda>1.01</lambda>\n"
        "<lambda_passed>1</lambda_passed>\n",
        "<lambda limit_l='0.95' limit_h='1.05' passed='1'>1.01</lambda>\n");
    const auto read = f.read(file_of(head + limits));
    CHECK(journal::parsed(read.taken.at(0).line) == same);
    CHECK(left_of(read) == Lefts{"t.xml:21 not_read low_hc_unit"});
    const auto with_own = [&](const std::string& value) {
        return file_of(
            head + replaced(idle,
                            "<low_hc_limit>80</low_hc_limit>\n<low_hc>5</low_hc>\n<low_hc_passed>1</low_hc_passed>\n",
                            "<low_hc " + value + "='5' limit='80' passed='1'/>\n"));
    };
    CHECK(record_of(with_own("value")) == same);
    CHECK(left_of(f.read(with_own("measured"))) == Lefts{"t.xml:24 not_read low_hc"});
}

TEST_CASE("numbers of reports, VINs and plates are judged at the platform's door as at every other") {
    for (const auto* number : {"6.1040026030211E13", "61040026030211.0", "########"})
        CHECK(refusal_of(file_of(replaced(head, "61040026030211", number) + idle)) == "bad_value:4");
    const XmlFolder f;
    const auto named = [&](const std::string& from, const std::string& to) {
        const auto read = f.read(file_of(replaced(head, from, to) + idle));
        CHECK(read.taken.size() == 1);
        return left_of(read);
    };
    CHECK(named("陕D0T001", "陕D0T001,陕D0T002") == Lefts{"t.xml:0 two_values /vehicle/plate"});
    CHECK(named("陕D0T001", "D0T001") == Lefts{"t.xml:0 plate_without_province /vehicle/plate"});
    CHECK(named("LSVAA49J132000017", "1.2345678901234567E16") == Lefts{"t.xml:0 rounded_number /vehicle/vin"});
    CHECK(named("陕D0T001", "陕D0T001(蓝)") == Lefts{"t.xml:0 plate_colour /vehicle/plate"});
    CHECK(record_of(file_of(replaced(head, "陕D0T001", "陕D0T001蓝牌") + idle))["vehicle"]["plate"] == "陕D0T001");
}

TEST_CASE("process data of its own file joins the test of its number and vehicle, whichever comes first") {
    const auto same = record_of(file_of(head + idle, idle_rows));
    const auto alone = file_of("<check_id>61040026030211</check_id>\n<plate>陕D0T001</plate>\n", idle_rows);
    for (const auto* names : {"ab", "ba"}) {
        const XmlFolder f;
        f.put(std::string(1, names[0]) + ".xml", file_of(head + idle));
        f.put(std::string(1, names[1]) + ".xml", alone);
        const auto intake = f.read();
        REQUIRE(intake.taken.size() == 1);
        CHECK(journal::parsed(intake.taken[0].line) == same);
        CHECK(intake.taken[0].files.size() == 2);
    }
    const auto row = [](const std::string& time) {
        return "<process_data>\n<time_no>" + time + "</time_no>\n<hc>9</hc>\n</process_data>\n";
    };
    const auto part = [&](const std::string& rows) {
        return file_of("<check_id>61040026030211</check_id>\n<plate>陕D0T001</plate>\n", rows);
    };
    const XmlFolder parts;
    parts.put("a.xml", file_of(head + idle));
    parts.put("p10.xml", part(row("2026-03-02 10:02:00") + row("2026-03-02 10:02:01")));
    parts.put("p9.xml", part(row("2026-03-02 10:01:58") + row("2026-03-02 10:01:59")));
    CHECK(parts.read().taken.at(0).trace_csv == "time_s,hc_ppm\n0,9\n1,9\n2,9\n3,9\n");
    const XmlFolder other;
    other.put("a.xml", file_of(head + idle));
    other.put("b.xml", replaced(alone, "陕D0T001", "陕D0T002"));
    CHECK(reason(other.read(), "b.xml") == "no_result");
    const auto stamped = replaced(replaced(idle_rows, "<time_no>1<", "<time_no>2026-03-02 10:01:00<"), "<time_no>2<",
                                  "<time_no>2026-03-02 10:01:05<");
    const XmlFolder f;
    CHECK(f.read(file_of(head + idle, stamped)).taken.at(0).trace_csv.find("\n5,idle,4,") != std::string::npos);
    const auto holes =
        f.read(file_of(head + idle, idle_rows + "<process_data>\n<time_no>5</time_no>\n<hc>9</hc>\n</process_data>\n" +
                                        "<process_data>\n<time_no>6</time_no>\n<hc>9</hc>\n</process_data>\n"));
    CHECK(holes.taken.at(0).trace_csv.empty());
    CHECK(journal::parsed(holes.taken.at(0).line)["quality"] ==
          journal::parsed(R"([{"member":"trace","code":"has_holes","found":"4 of 6"}])"));
}

TEST_CASE("trouble codes of either case are kept, the lamp is on since the earliest of them") {
    const auto r = record_of(file_of(head + idle + obd,
                                     "<trou_data><troubleid>P0420</troubleid><milodo>37.00</milodo></trou_data>\n"
                                     "<trou_data><troubleid>p0300</troubleid><milodo>0.00</milodo></trou_data>\n"));
    CHECK(r["obd"]["dtcs"] == json({"P0420", "P0300"}));
    CHECK(r["obd"]["mil_distance_km"] == 37);
    const auto several =
        record_of(file_of(head + idle + obd, "<trou_data><troubleid>P0420-00、p0300；U0100</troubleid></trou_data>\n"));
    CHECK(several["obd"]["dtcs"] == json({"P0420", "P0300", "U0100"}));
    const XmlFolder f;
    const auto odd = f.read(file_of(head + idle + obd, "<trou_data>\n<troubleid>P 0420</troubleid></trou_data>\n"));
    CHECK(std::ranges::count(left_of(odd), "t.xml:42 not_read troubleid") == 1);
}
