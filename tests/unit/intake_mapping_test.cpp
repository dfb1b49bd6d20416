// Tables of tests through a mapping file, what is wrong by line and column, and the first draft of a mapping.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "station/intake/profiles/mapping.hpp"
#include "station/intake/profiles/mapping_form.hpp"
#include "tests/support/equipment.hpp"

using namespace imloop;
using namespace imloop::station::intake;
using namespace imloop::test;
using nlohmann::json;

namespace {

const std::string wide =
    "报告编号,车牌号码,车架号,检测开始时间,检测结束时间,检测方法,检测结果,怠速CO(%),怠速CO限值,怠速HC(10-6),100%烟度,"
    "备注\n"
    "R1,陕D0T001,LSVAA49J132000017,2026-03-02 10:00:00,2026-03-02 10:04:00,双怠速,合格,0.3,0.6,15,,a\n"
    "R2,陕D0T002,,2026/3/2 11:00,2026/3/2 11:05,加载减速,不合格,,,,1.48,b\n";

const json wide_map = {
    {"not_measured", {"99999"}},
    {"head",
     {{"report_no", "报告编号"},
      {"vehicle.plate", "车牌号码"},
      {"vehicle.vin", "车架号"},
      {"started_at", "检测开始时间"},
      {"ended_at", "检测结束时间"},
      {"reason", {{"constant", "periodic"}}},
      {"method", {{"column", "检测方法"}, {"codes", "method"}}},
      {"verdict", {{"column", "检测结果"}, {"codes", {{"合格", "pass"}, {"不合格", "fail"}}}}}}},
    {"codes", {{"method", {{"双怠速", "two_speed_idle"}, {"加载减速", "lugdown"}}}}},
    {"readings",
     {{{"item", "co"}, {"phase", "idle"}, {"unit", "%"}, {"value", "怠速CO(%)"}, {"limit", "怠速CO限值"}},
      {{"item", "hc"}, {"phase", "idle"}, {"unit", "ppm"}, {"value", "怠速HC(10-6)"}},
      {{"item", "opacity"},
       {"phase", "k100"},
       {"unit", "1/m"},
       {"value", "100%烟度"},
       {"limit", {{"constant", 1.2}}}}}}};

MappedTable read(const std::string& csv, const json& mapping) {
    const auto map = mapping_from(mapping.dump(), false);
    if (!map) FAIL(map.error().detail());
    return read_mapped(read_table(csv).value(), *map, settings, now).value();
}

/// `line column=value code` of all problems.
std::vector<std::string> problems_of(const std::string& csv, const json& mapping = wide_map) {
    std::vector<std::string> out;
    for (const auto& test : read(csv, mapping).tests)
        for (const auto& p : test.problems) {
            CHECK_FALSE(p.zh.empty());
            CHECK_FALSE(p.en.empty());
            CHECK(test.line.empty());
            out.push_back(std::to_string(p.line) + " " + p.place + "=" + p.value + " " + p.code);
        }
    return out;
}
using Problems = std::vector<std::string>;

}  // namespace

TEST_CASE("each row of a table becomes a record through the mapping") {
    const auto table = read(wide, wide_map);
    CHECK(table.unused == std::vector<std::string>{"备注"});
    REQUIRE(table.tests.size() == 2);
    for (const auto& test : table.tests) {
        for (const auto& p : test.problems) UNSCOPED_INFO(p.line << " " << p.place << " " << p.code << " " << p.en);
        CHECK(test.problems.empty());
        CHECK(loop::admit(test.line, "I610404-01", now).problems.empty());
    }
    CHECK(table.tests[0].lines == std::vector<std::size_t>{2});
    CHECK(table.tests[0].report_no == "R1");
    auto r = journal::parsed(table.tests[0].line);
    CHECK(r["readings"] == json({{{"item", "co"}, {"phase", "idle"}, {"value", 0.3}, {"unit", "%"}, {"limit", 0.6}},
                                 {{"item", "hc"}, {"phase", "idle"}, {"value", 15}, {"unit", "ppm"}}}));
    CHECK(r["vehicle"] == json({{"vin", "LSVAA49J132000017"}, {"plate", "陕D0T001"}}));
    CHECK(r["line_id"] == "1");
    CHECK(r["inspector_id"] == "A017");
    CHECK(r["started_at"] == "2026-03-02T10:00:00+08:00");
    r = journal::parsed(table.tests[1].line);
    CHECK(r["method"] == "lugdown");
    CHECK(r["ended_at"] == "2026-03-02T11:05:00+08:00");
    CHECK(r["failed_items"] == json({"opacity/k100"}));
    CHECK(read(wide, wide_map).tests[0].line == table.tests[0].line);
}

TEST_CASE("units become ours by a factor, times by a form, and TOML is as good as JSON") {
    const std::string csv = "no;plate;from;to;co ppm\nR1;陕D0T001;02.03.2026 10:00;02.03.2026 10:04;3050\n";
    const auto map = mapping_from(R"(
        times = ["dd.MM.yyyy HH:mm"]
        [head]
        report_no = "no"
        started_at = "from"
        ended_at = "to"
        reason = {constant = "periodic"}
        method = {constant = "two_speed_idle"}
        verdict = {constant = "pass"}
        "vehicle.plate" = "plate"
        [[readings]]
        item = "co"
        phase = "idle"
        unit = "%"
        value = "co ppm"
        factor = 0.0001
    )",
                                  true);
    REQUIRE(map.has_value());
    const auto table = read_mapped(read_table(csv).value(), *map, settings, now).value();
    REQUIRE(table.tests.size() == 1);
    REQUIRE(table.tests[0].problems.empty());
    const auto r = journal::parsed(table.tests[0].line);
    CHECK(r["readings"][0]["value"] == 0.305);
    CHECK(r["started_at"] == "2026-03-02T10:00:00+08:00");
}

TEST_CASE("rows of one number are one test where the mapping says so") {
    const std::string csv =
        "编号,车牌,开始,结束,工况,项目,值,判定\n"
        "R1,陕D0T001,2026-03-02 10:00:00,2026-03-02 10:04:00,5025,CO,0.4,合格\n"
        "R1,陕D0T001,,,5025,HC,200,不合格\n"
        "R2,陕D0T002,2026-03-02 11:00:00,2026-03-02 11:04:00,5025,CO,0.3,合格\n";
    json map = {{"group_by", "编号"},
                {"head",
                 {{"report_no", "编号"},
                  {"vehicle.plate", "车牌"},
                  {"started_at", "开始"},
                  {"ended_at", "结束"},
                  {"reason", {{"constant", "periodic"}}},
                  {"method", {{"constant", "asm"}}},
                  {"verdict", {{"constant", "fail"}}}}},
                {"readings", json::array()}};
    for (const auto& [item, word, unit] : {std::tuple("co", "CO", "%"), std::tuple("hc", "HC", "ppm")})
        map["readings"].push_back({{"item", item},
                                   {"phase", "5025"},
                                   {"unit", unit},
                                   {"value", "值"},
                                   {"passed", "判定"},
                                   {"when", {{"column", "项目"}, {"is", {word}}}}});
    const auto table = read(csv, map);
    REQUIRE(table.tests.size() == 2);
    CHECK(table.tests[0].lines == std::vector<std::size_t>{2, 3});
    REQUIRE(table.tests[0].problems.empty());
    const auto r = journal::parsed(table.tests[0].line);
    CHECK(r["readings"].size() == 2);
    CHECK(r["failed_items"] == json({"hc/5025"}));
    CHECK(problems_of(csv, map) == Problems{"4 =fail contradiction"});
    CHECK(problems_of(replaced(csv, "R1,陕D0T001,,", "R1,陕D0T009,,"), map) ==
          Problems{"3 车牌=陕D0T009 rows_differ", "4 =fail contradiction"});
    CHECK(problems_of(replaced(csv, "HC,200", "CO,200"), map)[0] == "3 =200 rows_differ");
}

TEST_CASE("what is wrong in a row is named by line, column and value") {
    CHECK(problems_of(replaced(wide, "0.3,0.6", "0.3x,0.6")) == Problems{"2 怠速CO(%)=0.3x bad_value"});
    CHECK(problems_of(replaced(wide, ",15,", ",6l,")) == Problems{"2 怠速HC(10-6)=6l bad_value"});
    auto judged = wide_map;
    judged["readings"][0]["passed"] = "备注";
    CHECK(problems_of(replaced(replaced(replaced(wide, ",a", ",不合格"), "b\n", "\n"), "双怠速,合格", "双怠速,不合格"),
                      judged) == Problems{"2 备注= verdict_contradicts_readings"});
    CHECK(problems_of(replaced(wide, "双怠速", "怠速")) == Problems{"2 检测方法=怠速 unknown_method"});
    CHECK(problems_of(replaced(wide, "2026-03-02 10:00:00", "3/2/26")) == Problems{"2 检测开始时间=3/2/26 bad_value"});
    CHECK(problems_of(replaced(wide, "2026-03-02 10:04:00", "2026-03-02")) ==
          Problems{"2 检测结束时间=2026-03-02 bad_value"});
    CHECK(problems_of(replaced(wide, "R1", "6.104E+17")) == Problems{"2 报告编号=6.104E+17 bad_value"});
    CHECK(problems_of(replaced(wide, "R1", "")) == Problems{"2 报告编号= no_report_number"});
    CHECK(problems_of(replaced(wide, "陕D0T002", "")) == Problems{"3 = vehicle_unnamed"});
    CHECK(problems_of(replaced(wide, "1.48", "99999")) == Problems{"3 = no_values"});
    CHECK(problems_of(replaced(wide, "0.3,0.6", "0.7,0.6")) == Problems{"2 检测结果=pass contradiction"});
    CHECK(problems_of(replaced(wide, "2026/3/2", "2027/3/2")) == Problems{"3 检测结束时间= occurred_in_future"});
    CHECK(problems_of(wide + wide.substr(wide.find("R1"))) == Problems{"4 =R1 repeated", "5 =R2 repeated"});
}

TEST_CASE("a mapping that does not fit is refused with its place") {
    const auto error_of = [](const json& mapping) {
        const auto read = mapping_from(mapping.dump(), false);
        REQUIRE(read.has_error());
        CHECK(read.error().code == "bad_mapping");
        return read.error().detail().substr(0, read.error().detail().find(": "));
    };
    auto wrong = wide_map;
    wrong["head"]["plate"] = "车牌号码";
    CHECK(error_of(wrong) == "/head/plate");
    wrong = wide_map;
    wrong["head"]["reason"]["constant"] = "yearly";
    CHECK(error_of(wrong) == "/head/reason/otherwise");
    wrong = wide_map;
    wrong["readings"][0]["unit"] = "ppm";
    CHECK(error_of(wrong) == "/readings/0");
    wrong = wide_map;
    wrong["times"] = "soon";
    CHECK(error_of(wrong) == "/times");
    wrong = wide_map;
    wrong["heads"] = 1;
    CHECK(error_of(wrong) == "/heads");
    CHECK(mapping_from("head = ", true).error().code == "bad_mapping");
    wrong = wide_map;
    wrong["head"]["vehicle.model"] = "型号";
    const auto map = mapping_from(wrong.dump(), false);
    REQUIRE(map.has_value());
    const auto read = read_mapped(read_table(wide).value(), *map, settings, now);
    CHECK(read.error().code == "unknown_column");
    CHECK(read.error().detail().ends_with("型号"));
    CHECK(read_mapped({}, *map, settings, now).error().code == "no_header");
}

TEST_CASE("the draft of a mapping finds columns, codes and units by name, and its rows are records") {
    const std::string csv = replaced(replaced(wide, "怠速HC(10-6)", "怠速HC(%)"), ",15,", ",0.0015,");
    const auto draft = draft_mapping(read_table(csv).value()).value();
    auto map = journal::parsed(draft);
    CHECK(map["header_row"] == 1);
    CHECK(map["head"]["report_no"] == "报告编号");
    CHECK(map["head"]["vehicle.plate"] == "车牌号码");
    CHECK(map["head"]["method"] == json({{"column", "检测方法"}, {"codes", "method"}}));
    CHECK(map["codes"]["method"] == json({{"双怠速", "two_speed_idle"}, {"加载减速", "lugdown"}}));
    CHECK(map["codes"]["verdict"] == json({{"合格", "pass"}, {"不合格", "fail"}}));
    CHECK(map["readings"] ==
          json({{{"item", "co"}, {"phase", "idle"}, {"unit", "%"}, {"value", "怠速CO(%)"}, {"limit", "怠速CO限值"}},
                {{"item", "hc"}, {"phase", "idle"}, {"unit", "ppm"}, {"value", "怠速HC(%)"}, {"factor", 10000}},
                {{"item", "opacity"}, {"phase", "k100"}, {"unit", "1/m"}, {"value", "100%烟度"}}}));
    CHECK(map["to_do"] ==
          json({"reason 没有找到对应的列，请写列名或 constant / no column was found for reason, name one or "
                "write a constant",
                "列 备注 没有用到 / column 备注 is not used"}));
    map["head"]["reason"] = {{"constant", "periodic"}};
    map["readings"][2]["limit"] = {{"constant", 1.2}};
    const auto table = read(csv, map);
    REQUIRE(table.tests.size() == 2);
    CHECK(table.tests[1].problems.empty());
    REQUIRE(table.tests[0].problems.empty());
    CHECK(journal::parsed(table.tests[0].line)["readings"][1]["value"] == 15);
    CHECK(draft_mapping(read_table("a,b\n1,2\n").value()).error().code == "no_header");
}

TEST_CASE("a mapping goes through the form and back and reads the table as before") {
    const auto table = read_table(wide).value();
    const auto form = form_of(table, Json::parse(wide_map.dump()));
    REQUIRE(form.columns.size() == 12);
    CHECK(form.columns[0].to == "report_no");
    CHECK(form.columns[0].samples == std::vector<std::string>{"R1", "R2"});
    CHECK(form.columns[5].codes.size() == 2);
    CHECK(form.columns[7].to == "co/idle/%");
    CHECK(form.columns[8].to == "co/idle/%");
    CHECK(form.columns[8].part == "limit");
    CHECK(form.columns[11].to.empty());
    CHECK(form.constants == std::map<std::string, std::string>{{"reason", "periodic"}});
    const auto back = mapping_of(form);
    // A limit that is a constant is no column: the form carries that reading along as it is.
    CHECK(form.rest["readings"].size() == 1);
    CHECK(problems_of(wide, journal::parsed(back.dump())).empty());
    CHECK(read(wide, journal::parsed(back.dump())).tests[1].line == read(wide, wide_map).tests[1].line);
    CHECK(mapping_of(form_of(table, back)) == back);
}

TEST_CASE("the form shows words of the table that have no code yet, and takes units like 1/m") {
    const auto table = read_table("no,result,smoke\nR1,good,1.2\nR2,bad,0.3\n").value();
    MappingForm form = form_of(table, Json::object());
    REQUIRE(form.columns.size() == 3);
    CHECK(form.header_row == 1);
    form.columns[1].to = "verdict";
    form.columns[2].to = "opacity/k100/1/m";
    form.columns[2].factor = 0.1;
    CHECK(reading_of("opacity/k100/1/m") == std::vector<std::string>{"opacity", "k100", "1/m"});
    const auto shown = form_of(table, mapping_of(form));
    CHECK(shown.columns[1].codes == std::vector<std::pair<std::string, std::string>>{{"good", ""}, {"bad", ""}});
    CHECK(shown.columns[2].to == "opacity/k100/1/m");
    CHECK(shown.columns[2].factor == 0.1);
    CHECK(code_choices("verdict").size() == 3);
    CHECK(code_choices("report_no").empty());
    CHECK(head_choices().front().code == "report_no");
    CHECK(form_of(read_table("a\n").value(), {{"header_row", 7}}).columns.empty());
}

TEST_CASE("a row longer than its header is refused: its columns may have shifted") {
    CHECK(problems_of(replaced(wide, "0.3,0.6,15,,a", "0.3,0.6,1,015,,a")) == Problems{"2 = columns_shift"});
    const auto table = read(replaced(wide, "0.3,0.6,15,,a", "0.3,0.6,1,015,,a"), wide_map);
    CHECK(table.tests.at(1).problems.empty());
}

TEST_CASE("numbers that a spreadsheet has rounded are no report numbers, plates and VINs are judged") {
    for (const auto* number : {"6.1040426032070E13", "6.1E+13", "#REF!", "########"})
        CHECK(problems_of(replaced(wide, "\nR1,", std::string("\n") + number + ",")) ==
              Problems{std::string("2 报告编号=") + number + " bad_value"});
    CHECK(problems_of(replaced(wide, "陕D0T001,", "陕D0T001/陕D0T009,")) ==
          Problems{"2 车牌号码=陕D0T001/陕D0T009 bad_value"});
    const auto noted = read(replaced(wide, "LSVAA49J132000017", "00000000000000000"), wide_map).tests.at(0);
    CHECK(journal::parsed(noted.line)["vehicle"]["vin"] == "00000000000000000");
    CHECK(std::ranges::count(noted.notes, "vin_placeholder", &RuleProblem::code) >= 1);
}

TEST_CASE("cells that say none are absent and noted, damaged cells too") {
    const auto none = read(replaced(wide, "0.3,0.6,15", "-1,0.6,-999"), wide_map).tests.at(0);
    CHECK(none.problems.size() == 1);
    CHECK(none.problems.at(0).code == "no_values");
    const auto one = read(replaced(wide, "0.3,0.6,15", "0.3,0.6,-999"), wide_map).tests.at(0);
    CHECK(journal::parsed(one.line)["readings"].size() == 1);
    const auto note = std::ranges::find(one.notes, "no_value", &RuleProblem::code);
    REQUIRE(note != one.notes.end());
    CHECK(note->place == "怠速HC(10-6)");
    CHECK(note->line == 2);
    const auto cut = read("\xEF\xBB\xBF" + replaced(wide, "陕D0T001", "\xE9\x99 D0T001"), wide_map).tests.at(0);
    CHECK_FALSE(journal::parsed(cut.line)["vehicle"].contains("plate"));
    CHECK(journal::parsed(cut.line)["vehicle"]["vin"] == "LSVAA49J132000017");
    CHECK(std::ranges::count(cut.notes, "damaged", &RuleProblem::code) == 1);
}

TEST_CASE("a time of day, also as a spreadsheet's part of a day, takes its day from another column") {
    const std::string split =
        "报告编号,车牌号码,日期,开始,结束\n"
        "R1,陕D0T001,2026-03-20,0.635416666666667,0.63802083333333333\n"
        "R2,陕D0T002,2026-03-20,15:15,15:18:45\n";
    auto map = json{{"head",
                     {{"report_no", "报告编号"},
                      {"vehicle.plate", "车牌号码"},
                      {"started_at", {{"column", "开始"}, {"day", "日期"}}},
                      {"ended_at", {{"column", "结束"}, {"day", "日期"}}},
                      {"reason", {{"constant", "periodic"}}},
                      {"method", {{"constant", "two_speed_idle"}}},
                      {"verdict", {{"constant", "aborted"}}}}}};
    const auto table = read(split, map);
    for (const auto& test : table.tests) {
        REQUIRE(test.problems.empty());
        const auto r = journal::parsed(test.line);
        CHECK(r["started_at"] == "2026-03-20T15:15:00+08:00");
        CHECK(r["ended_at"] == "2026-03-20T15:18:45+08:00");
    }
    map["head"]["started_at"] = "开始";
    CHECK(read(split, map).tests.at(0).problems.at(0).en.find("without its day") != std::string::npos);
}
