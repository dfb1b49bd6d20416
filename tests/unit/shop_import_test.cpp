#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "station/commands.hpp"
#include "station/ids.hpp"
#include "station/intake/outcome/fault_codes.hpp"
#include "station/intake/shop/repairs.hpp"
#include "station/intake/shop/values.hpp"
#include "station/intake/shop/words.hpp"
#include "tests/support/shop_sheet.hpp"
#include "tests/support/xlsx.hpp"

using namespace imloop;
using namespace imloop::station::intake;
using namespace imloop::test::shops;
using nlohmann::json;

namespace {

const std::string whole_csv =
    "工单号,车牌号码,号牌种类,车架号,进厂时间,结算时间,进厂里程(km),故障描述,故障码,维修项目,工时,工时费,配件名称,"
    "配件编码,"
    "品牌,配件类型,数量,单价,总费用（元）,主修人,质检员,竣工合格证编号,检测报告编号,质量保证期,燃料种类\n"
    "WO-1,陕D·0T001,小型汽车,LSVAA49J132000017,2026/3/1 9:05,2026-03-01 16:20:00,\"85,300公里\",加速无力,P0420 P0300,"
    "更换三元催化器,2.5,300,三元催化器,C-01,某牌,原厂件,1,\"¥1,980.00\",\"2,480.50元\",T01,Q01,HG1,610404990000000001,"
    "20000公里或100日,汽油\n"
    "WO-1,陕D·0T001,小型汽车,LSVAA49J132000017,2026/3/1 9:05,2026-03-01 16:20:00,\"85,300公里\",加速无力,P0420 P0300,"
    "换前后氧传感器,1,120,氧传感器,O-2,—,副厂件,2只,40,\"2,480.50元\",T01,Q01,HG1,610404990000000001,20000公里或100日,"
    "汽油\n";

}  // namespace

TEST_CASE("rows of one work order are one repair, its totals not added up", "[shop]") {
    const auto repairs = read(whole_csv);
    REQUIRE(repairs.orders.size() == 1);
    const auto& order = repairs.orders[0];
    REQUIRE(order.problems.empty());
    CHECK(order.rows == std::vector<std::size_t>{2, 3});
    const auto at = loop::parse_moment("2026-03-01T16:20:00+08:00").value();
    CHECK(order.record_id == station::uuid7_of(at, "M610404-03\nrepair\nWO-1\n2026-03-01T09:05:00+08:00"));
    const json want = {
        {"schema", "imloop/repair/1"},
        {"record_id", order.record_id},
        {"station_id", "M610404-03"},
        {"occurred_at", "2026-03-01T16:20:00+08:00"},
        {"vehicle", {{"vin", "LSVAA49J132000017"}, {"plate", "陕D·0T001"}, {"plate_kind", "02"}, {"fuel", "petrol"}}},
        {"work_order_no", "WO-1"},
        {"fail_report_no", "610404990000000001"},
        {"received_at", "2026-03-01T09:05:00+08:00"},
        {"settled_at", "2026-03-01T16:20:00+08:00"},
        {"mileage_km", 85300},
        {"fault_description", "加速无力"},
        {"dtcs_before", {"P0420", "P0300"}},
        {"items",
         {{{"code", "EMI-CAT"},
           {"system", "exhaust"},
           {"name", "更换三元催化器"},
           {"labour_hours", 2.5},
           {"labour_fee", 300}},
          {{"code", "EMI-O2S"},
           {"system", "exhaust"},
           {"name", "换前后氧传感器"},
           {"labour_hours", 1},
           {"labour_fee", 120}}}},
        {"parts",
         {{{"name", "三元催化器"},
           {"part_no", "C-01"},
           {"brand", "某牌"},
           {"origin", "oem"},
           {"quantity", 1},
           {"unit_price", 1980}},
          {{"name", "氧传感器"}, {"part_no", "O-2"}, {"origin", "aftermarket"}, {"quantity", 2}, {"unit_price", 40}}}},
        {"total_fee", 2480.5},
        {"technician_id", "T01"},
        {"inspector_id", "Q01"},
        {"certificate_no", "HG1"},
        {"warranty", {{"days", 100}, {"km", 20000}}},
        {"outcome", "repaired"}};
    CHECK(journal::parsed(order.line) == want);
    CHECK(order.notes.empty());
    CHECK(loop::admit(order.line, shop, now).record_id == order.record_id);
}

TEST_CASE("the same orders give the same bytes, from CSV and from XLSX, and count once", "[shop]") {
    const auto sheet = Sheet().with("配件名称", "火花塞").with("数量", "4");
    const auto once = sheet.order();
    CHECK(sheet.order().line == once.line);
    const std::string rows =
        test::text_row(1, {"工单号", "车牌号", "车架号"}) +
        "<row r=\"3\"><c t=\"inlineStr\"><is><t>工单号</t></is></c><c t=\"inlineStr\"><is><t>车牌号</t></is></c>"
        "<c t=\"inlineStr\"><is><t>车架号</t></is></c><c t=\"inlineStr\"><is><t>进厂时间</t></is></c>"
        "<c t=\"inlineStr\"><is><t>结算时间</t></is></c><c t=\"inlineStr\"><is><t>维修项目</t></is></c>"
        "<c t=\"inlineStr\"><is><t>总费用</t></is></c><c t=\"inlineStr\"><is><t>配件名称</t></is></c>"
        "<c t=\"inlineStr\"><is><t>数量</t></is></c></row>"
        "<row r=\"4\"><c t=\"inlineStr\"><is><t>WO1</t></is></c><c t=\"inlineStr\"><is><t>陕D0T001</t></is></c>"
        "<c t=\"inlineStr\"><is><t>LSVAA49J132000017</t></is></c><c s=\"2\"><v>46082.378472222219</v></c>"
        "<c s=\"2\"><v>46082.680555555555</v></c><c t=\"inlineStr\"><is><t>更换火花塞</t></is></c><c "
        "s=\"3\"><v>260</v></c>"
        "<c t=\"inlineStr\"><is><t>火花塞</t></is></c><c><v>4</v></c></row>";
    const auto repairs = read(test::zip_of(test::workbook(rows)));
    CHECK(repairs.header_row == 3);
    REQUIRE(repairs.orders.size() == 1);
    CHECK(repairs.orders[0].line == once.line);
    CHECK(repairs.orders[0].rows == std::vector<std::size_t>{4});

    const test::TempDir folder;
    station::Config config;
    config.station_id = shop;
    station::Outbox outbox(folder.path(), shop, [] { return "0192a1b2-0000-7000-8000-00000000aaaa"; });
    std::ostringstream said;
    CHECK(station::submit(outbox, config, once.line, {}, said));
    CHECK(station::submit(outbox, config, repairs.orders[0].line, {}, said));
    CHECK(outbox.last() == 1);
    CHECK_FALSE(station::submit(outbox, config, sheet.with("总费用", "270").order().line, {}, said));
    CHECK(said.str().find("record_id_reused") != std::string::npos);
}

TEST_CASE("rows without a number go on with the order above; sums, blank rows and repeated headers are none",
          "[shop]") {
    const auto repairs = read(
        "结算明细,,,,,,\n工单号,车牌号,进厂日期,结算日期,维修项目,配件名称,结算金额\n"
        "WO1,陕D0T001,20260301,20260302,更换火花塞,火花塞,100\n,,,,更换点火线圈,点火线圈,\nWO1,,,,更换火花塞,高压线,"
        "100\n"
        "—,-,,,,,\n小计,,,,,,100\n工单号,车牌号,进厂日期,结算日期,维修项目,配件名称,结算金额\n"
        "WO2,陕D0T002,20260301,20260302,清洗节气门,,80\n,陕D0T003,20260301,20260302,清洗节气门,,80\n合计：,,,,,,260\n");
    REQUIRE(repairs.orders.size() == 3);
    CHECK(repairs.header_row == 2);
    const auto r = journal::parsed(repairs.orders[0].line);
    CHECK(repairs.orders[0].rows == std::vector<std::size_t>{3, 4, 5});
    CHECK(r["items"].size() == 2);
    CHECK(r["parts"].size() == 3);
    CHECK(r["total_fee"] == 100);
    CHECK(repairs.orders[1].work_order_no == "WO2");
    REQUIRE(repairs.orders[2].problems.size() == 1);
    CHECK(repairs.orders[2].problems[0].row == 10);
    CHECK(repairs.orders[2].problems[0].column == "工单号");
    CHECK(repairs.orders[2].problems[0].code == "missing");
}

TEST_CASE("rows of one order that disagree are refused with both rows", "[shop]") {
    const std::string header = "工单号,车牌号,车架号,进厂日期,结算日期,维修项目,结算金额\n",
                      row = "WO1,陕D0T001,LSVAA49J132000017,20260301,20260302,更换火花塞,100\n";
    const auto problem = [&](const std::string& second) {
        const auto order = read(header + row + second + "\n").orders.at(0);
        if (order.problems.empty()) return std::string();
        CHECK(order.problems[0].row == 3);
        CHECK(order.problems[0].zh.find("第 2 行") != std::string::npos);
        return order.problems[0].code + " " + order.problems[0].column;
    };
    CHECK(problem("WO1,陕D0T009,LSVAA49J132000017,20260301,20260302,更换火花塞,100") == "rows_differ 车牌号");
    CHECK(problem("WO1,陕D0T001,LSVAA49J132000018,20260301,20260302,更换火花塞,100") == "rows_differ 车架号");
    CHECK(problem("WO1,陕D0T001,LSVAA49J132000017,20260302,20260302,更换火花塞,100") == "rows_differ 进厂日期");
    CHECK(problem("WO1,陕D0T001,LSVAA49J132000017,20260301,20260302,更换火花塞,60") == "rows_differ 结算金额");
    CHECK(problem("WO1,陕D·0T001,lsvaa49j132000017,2026-03-01,2026/3/2,更换火花塞,100.00元").empty());
}

TEST_CASE("blanks of all forms are nothing", "[shop]") {
    for (const auto* blank : {"", " ", "—", "——", "-", "--", "/", "无", "待填", "待补", "N/A", "n/a", "空", "　"}) {
        INFO(blank);
        const auto r = Sheet()
                           .with("车架号", blank)
                           .with("进厂里程", blank)
                           .with("检测报告编号", blank)
                           .with("故障描述", blank)
                           .with("配件名称", blank)
                           .with("合格证号", blank)
                           .record();
        CHECK(r["vehicle"] == json({{"plate", "陕D0T001"}}));
        for (const auto* member : {"mileage_km", "fail_report_no", "fault_description", "parts", "certificate_no"})
            CHECK_FALSE(r.contains(member));
        CHECK(Sheet().with("总费用", blank).problem() == "missing 总费用");
        CHECK(Sheet().with("维修项目", blank).problem() == "missing 维修项目");
        CHECK(Sheet().with("结算时间", blank).problem() == "missing 结算时间");
        CHECK(Sheet().with("进厂时间", blank).problem() == "missing 进厂时间");
        CHECK(Sheet().with("车架号", blank).with("车牌号", blank).problem() == "missing 车牌号");
    }
    CHECK(Sheet().with("车牌号", "未上牌").record()["vehicle"] == json({{"vin", "LSVAA49J132000017"}}));
}

TEST_CASE("money loses ¥, commas and 元; what could be two amounts is refused", "[shop]") {
    for (const auto* good :
         {"1234.5", "¥1,234.50", "￥1234.50元", "1,234.5 元", "1234.500", "１２３４．５０", "RMB1234.50"}) {
        INFO(good);
        CHECK(Sheet().with("总费用", good).record()["total_fee"] == 1234.5);
    }
    for (const auto* bad : {"1,5", "12,34", "-20", "免费", "1.2.3", "1e3", "100+20", "."}) {
        INFO(bad);
        CHECK(shop_cents(bad) == std::nullopt);
    }
    CHECK(Sheet().with("总费用", "约500").problem() == "bad_money 总费用");
    CHECK(shop_cents("33.335") == 3334);
    CHECK(shop_cents("0.29") == 29);
    CHECK(Sheet().with("总费用", "0").order().notes.at(0).code == "defaulted");
}

TEST_CASE("only a bridge may leave the total fee out", "[shop]") {
    CHECK(Sheet().without("总费用").missing() == "missing_columns");
    CHECK(Sheet().without("总费用").missing("B610400-01").empty());
    CHECK(Sheet().with("总费用", "").problem("B610400-01").empty());
    CHECK_FALSE(journal::parsed(Sheet().with("总费用", "").order("B610400-01").line).contains("total_fee"));
}

TEST_CASE("times of every form are at +08:00", "[shop]") {
    const auto zero = serial_zero_1900();
    for (const auto* same :
         {"20260301162000", "202603011620", "2026-03-01 16:20:00", "2026-03-01 16:20", "2026/3/1 16:20",
          "2026/03/01 16:20:00", "2026.3.1 16:20", "2026年3月1日 16:20", "2026年03月01日16时20分",
          "2026年3月1日16时20分00秒", "2026-03-01T16:20:00+08:00", "2026-03-01T08:20:00Z", "2026-03-01 16:20:00.000",
          "46082.680555555555", "２０２６－０３－０１　１６：２０"}) {
        INFO(same);
        REQUIRE(shop_time(same, zero));
        CHECK(loop::format_moment(shop_time(same, zero)->at) == "2026-03-01T16:20:00+08:00");
        CHECK_FALSE(shop_time(same, zero)->day_only);
    }
    for (const auto* day : {"20260301", "2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日", "46082", "46082.0",
                            "2026-03-01 00:00:00", "20260301000000"}) {
        INFO(day);
        REQUIRE(shop_time(day, zero));
        CHECK(loop::format_moment(shop_time(day, zero)->at) == "2026-03-01T00:00:00+08:00");
        CHECK(shop_time(day, zero)->day_only);
    }
    for (const auto* bad :
         {"3/1/2026", "26-3-1", "2026-13-01", "2026-02-30", "20260230", "2026/3-1", "2026-03-01 25:00", "1900-01-01",
          "0001-01-01 00:00:00", "2026-03", "昨天", "2026/3/1 下午 4:20", "2026030116", "4.6E+04", "99991231"}) {
        INFO(bad);
        CHECK_FALSE(shop_time(bad, zero));
        CHECK(Sheet().with("结算时间", bad).problem().ends_with(" 结算时间"));
    }
}

TEST_CASE("a settlement known by its day alone says so; one that lies before the reception is refused", "[shop]") {
    const auto r = Sheet().with("结算时间", "2026/3/1").record();
    CHECK(r["time_precision"] == "day");
    CHECK(r["occurred_at"] == "2026-03-01T00:00:00+08:00");
    CHECK(r["settled_at"] == "2026-03-01T00:00:00+08:00");
    CHECK(r["received_at"] == "2026-03-01T09:05:00+08:00");
    const auto exact = Sheet().with("进厂时间", "20260301").record();
    CHECK_FALSE(exact.contains("time_precision"));
    CHECK(exact["received_at"] == "2026-03-01T00:00:00+08:00");
    CHECK(Sheet().with("结算时间", "2026-02-28").problem() == "time_mismatch 进厂时间");
    CHECK(Sheet().with("结算时间", "2027-03-01").problem() == "occurred_in_future 结算时间");
}

TEST_CASE("numbers that a spreadsheet has cut are refused where a thing is found by them", "[shop]") {
    for (const auto* column : {"工单号", "车架号", "检测报告编号", "合格证号"})
        CHECK(Sheet().with(column, "6.10405E+17").problem() == "rounded_number " + std::string(column));
    const auto two = read(
        "工单号,车牌号,进厂日期,结算日期,维修项目,总费用\n2.02603E+13,陕D0T001,20260301,20260302,火花塞,1\n"
        "2.02603E+13,陕D0T002,20260301,20260302,火花塞,1\n");
    CHECK(two.orders.size() == 2);
    const auto part = Sheet().with("配件名称", "火花塞").with("配件编码", "1.2E+10").order();
    CHECK_FALSE(journal::parsed(part.line)["parts"][0].contains("part_no"));
    CHECK(part.notes.at(0).code == "left_out");
    CHECK(part.notes.at(0).column == "配件编码");
    CHECK(Sheet().with("检测报告编号", "'610404990000000001").record()["fail_report_no"] == "610404990000000001");
    CHECK(Sheet().with("检测报告编号", "610404990000000001\t").record()["fail_report_no"] == "610404990000000001");
}

TEST_CASE("every name of the table finds its column", "[shop][header]") {
    const auto field = [](const std::string& header) {
        const auto columns = match_columns({header});
        return columns.used.empty() ? std::string() : columns.used[0].field;
    };
    const json table = journal::parsed(test::read_file(test::source_dir() / "schemas/tables/shop_columns.json"));
    for (const auto& row : table["rows"]) {
        for (const auto* list : {"aliases", "whole"})
            for (const std::string name : row.value(list, json::array())) {
                INFO(name);
                CHECK(field(name) == row["code"]);
                CHECK(field(" " + name + " ") == row["code"]);
            }
    }
    for (const std::string name : table["other"]) {
        INFO(name);
        CHECK(field(name).empty());
    }
    for (const std::string name : table["personal"]) {
        INFO(name);
        CHECK(match_columns({name}).personal == std::vector<std::string>{name});
    }
    CHECK(field("工 单 号") == "work_order_no");
    CHECK(field("＊工单号") == "work_order_no");
    CHECK(field("进厂里程（公里）") == "mileage_km");
    CHECK(field("总费用/元") == "total_fee");
    CHECK(field("ＶＩＮ码") == "vin");
    CHECK(field("车架号(VIN)") == "vin");
    CHECK(field("driving").empty());
}

TEST_CASE("a whole header goes before a part, a long name before a short one", "[shop][header]") {
    const auto columns = match_columns({"工时单价",
                                        "单价",
                                        "工单总额",
                                        "工单号",
                                        "配件小计",
                                        "配件名称",
                                        "出厂里程",
                                        "品牌型号",
                                        "品牌",
                                        "实收金额",
                                        "客户车牌号",
                                        "车牌号码",
                                        "是否为托修方自备配件",
                                        "托修方",
                                        "工时费合计",
                                        "工时费",
                                        "接待员",
                                        "客户诉求",
                                        "竣工检测报告编号",
                                        "本单检测报告编号",
                                        "备注"});
    const auto at = [&](const char* field) { return columns.of(field) == nullptr ? "" : columns.of(field)->header; };
    CHECK(at("part_unit_price") == "单价");
    CHECK(at("total_fee") == "工单总额");
    CHECK(at("work_order_no") == "工单号");
    CHECK(at("part_name") == "配件名称");
    CHECK(at("mileage_km").empty());
    CHECK(at("part_brand") == "品牌");
    CHECK(at("plate") == "车牌号码");
    CHECK(at("part_owner_supplied") == "是否为托修方自备配件");
    CHECK(at("labour_fee") == "工时费");
    CHECK(at("labour_hours").empty());
    CHECK(at("technician_id").empty());
    CHECK(at("fault_description") == "客户诉求");
    CHECK(at("fail_report_no") == "本单检测报告编号");
    CHECK(columns.personal == std::vector<std::string>{"托修方"});
}

TEST_CASE("personal data does not get into a record or into what is handed back", "[shop]") {
    const auto sheet = Sheet()
                           .with("机动车所有人", "甲某某")
                           .with("送修人", "乙某某")
                           .with("联系电话", "13800000000")
                           .with("托修方", "丙某某")
                           .with("备注", "丁某某");
    const auto line = sheet.order().line;
    const auto bytes = sheet.with("总费用", "").csv();
    const auto back = rejected_csv(read_table(bytes).value(), read(bytes));
    for (const auto* word : {"甲某某", "乙某某", "13800000000", "丙某某", "丁某某"}) {
        CHECK(line.find(word) == std::string::npos);
        CHECK(back.find(word) == std::string::npos);
    }
}

TEST_CASE("a file without what the contract needs names the columns", "[shop]") {
    CHECK(Sheet().renamed("工单号", "甲").missing() == "no_header");
    for (const auto* column : {"进厂时间", "结算时间", "维修项目", "总费用"})
        CHECK(Sheet().without(column).missing() == "missing_columns");
    CHECK(Sheet().without("车牌号").without("车架号").missing() == "missing_columns");
    CHECK(Sheet().without("车牌号").missing().empty());
    const auto r = read_shop_repairs(read_table(Sheet().without("结算时间").csv()).value(), shop, now);
    CHECK(r.error().detail().find("结算日期") != std::string::npos);
    CHECK(r.error().detail().find("settled at") != std::string::npos);
}

TEST_CASE("one column may hold plate, VIN or both", "[shop]") {
    const auto vehicle = [](const std::string& value) {
        return Sheet()
            .without("车架号")
            .renamed("车牌号", "车牌号/车架号")
            .with("车牌号/车架号", value)
            .record()["vehicle"];
    };
    CHECK(vehicle("陕D0T001/LSVAA49J132000017") == json({{"plate", "陕D0T001"}, {"vin", "LSVAA49J132000017"}}));
    CHECK(vehicle("陕D0T001") == json({{"plate", "陕D0T001"}}));
    CHECK(vehicle("-/LSVAA49J132000017") == json({{"vin", "LSVAA49J132000017"}}));
}

TEST_CASE("the failed report is found in the fault description", "[shop]") {
    const std::string n24 = "610404012603010831430001", n20 = n24.substr(0, 20);
    for (const auto& text : {"报告编码{" + n24 + "}尾气超标", "尾气超标，报告编码｛" + n24 + "｝",
                             "报告编码：{ " + n24 + " }", "报告编码" + n24}) {
        INFO(text);
        CHECK(Sheet().with("故障描述", text).record()["fail_report_no"] == n24);
    }
    CHECK(Sheet().with("故障描述", "报告编码{" + n20 + "}2026").record()["fail_report_no"] == n20);
    for (const auto& text : {"报告编码{" + n24 + "9}", "报告编码{" + n24.substr(0, 19) + "}", "编码{" + n24 + "}"}) {
        INFO(text);
        CHECK_FALSE(Sheet().with("故障描述", text).record().contains("fail_report_no"));
    }
    const auto both = Sheet().with("故障描述", "报告编码{" + n24 + "}").with("检测报告编号", "R1").order();
    CHECK(journal::parsed(both.line)["fail_report_no"] == "R1");
    CHECK(both.notes.at(0).code == "codes_differ");
}

TEST_CASE("what shops call a repair finds its code; the rest keeps its name under the code for others",
          "[shop][words]") {
    const std::pair<const char*, const char*> cases[] = {
        {"更换三元催化器", "EMI-CAT"},   {"三元催化清洗", "EMI-CATC"},   {"换 TWC", "EMI-CAT"},
        {"更换前氧传感器", "EMI-O2S"},   {"氮氧传感器更换", "EMI-NOXS"}, {"NOx传感器", "EMI-NOXS"},
        {"废气再循环阀清洗", "EMI-EGR"}, {"DPF再生", "EMI-DPF"},         {"清洗颗粒捕捉器", "EMI-DPF"},
        {"更换DOC", "EMI-DOC"},          {"SCR系统检修", "EMI-SCR"},     {"更换尿素喷嘴", "EMI-UREA"},
        {"焊接排气管", "EMI-PIPE"},      {"更换碳罐电磁阀", "EMI-EVAP"}, {"PCV阀", "EMI-PCV"},
        {"清洗喷油嘴", "FUE-INJ"},       {"更换高压油泵", "FUE-PUMP"},   {"更换汽油滤清器", "FUE-FILT"},
        {"更换火花塞", "IGN-PLUG"},      {"点火线圈", "IGN-COIL"},       {"更换高压线", "IGN-WIRE"},
        {"换空滤", "INT-AIR"},           {"清洗节气门积碳", "INT-THR"},  {"涡轮增压器检修", "INT-TURBO"},
        {"更换空气流量计", "INT-MAF"},   {"发动机除积碳", "ENG-CARB"},   {"更换机油、机滤", "ENG-OIL"},
        {"清除故障码", "ECU-DIAG"},      {"电子节气门匹配", "INT-THR"},  {"EMI-CAT", "EMI-CAT"},
        {"检修SCR系统", "EMI-SCR"},      {"更换电瓶", "OTH-OTHER"},      {"四轮定位", "OTH-OTHER"},
        {"更换空调滤芯", "OTH-OTHER"},   {"DOCK维修", "OTH-OTHER"}};
    for (const auto& [name, code] : cases) {
        INFO(name);
        CHECK(repair_item(name).code == code);
    }
    const auto items =
        Sheet().with("维修项目", "1、更换三元催化器；2、更换电瓶(前,后)\n3.清除故障码").with("工时费", "300").order();
    CHECK(journal::parsed(items.line)["items"] ==
          json({{{"code", "EMI-CAT"}, {"system", "exhaust"}, {"name", "更换三元催化器"}},
                {{"code", "OTH-OTHER"}, {"system", "other"}, {"name", "更换电瓶(前,后)"}},
                {{"code", "ECU-DIAG"}, {"system", "control"}, {"name", "清除故障码"}}}));
    CHECK(items.notes.at(0).code == "left_out");
}

TEST_CASE("every code of the words list is one of the repair items", "[shop][words]") {
    const auto table = [](const char* name) {
        return journal::parsed(test::read_file(test::source_dir() / "schemas/tables" / (std::string(name) + ".json")));
    };
    std::set<std::string> codes;
    const json items = table("repair_items"), words = table("shop_words");
    for (const auto& row : items["rows"]) codes.insert(row["code"].get<std::string>());
    for (const auto& row : words["items"]) CHECK(codes.contains(row["code"].get<std::string>()));
    CHECK(codes.contains(words["other_item"].get<std::string>()));
}

TEST_CASE("where a part comes from is a code; a word without one is kept, a default of the software is not",
          "[shop][words]") {
    const auto origin = [](const std::string& word, const std::string& own = "") {
        const auto r = Sheet().with("配件名称", "火花塞").with("配件来源", word).with("自备配件", own).record();
        return r["parts"][0].value("origin", "");
    };
    for (const auto* word : {"原厂配件", "原厂件", "OE", "oem"}) CHECK(origin(word) == "oem");
    for (const auto* word : {"同质配件", "品牌件", "副厂件"}) CHECK(origin(word) == "aftermarket");
    CHECK(origin("再制造件") == "remanufactured");
    for (const auto* word : {"自备", "托修方自备"}) CHECK(origin(word) == "owner_supplied");
    CHECK(origin("原厂件", "是") == "owner_supplied");
    CHECK(origin("原厂件", "√") == "owner_supplied");
    CHECK(origin("原厂件", "否") == "oem");
    CHECK(origin("original").empty());
    CHECK(origin("拆车件") == "拆车件");
    const auto kept = Sheet().with("配件名称", "火花塞").with("配件来源", "拆车件").order();
    CHECK(kept.notes.at(0).column == "配件名称");
}

TEST_CASE("kinds of plate and fuels are codes or words; what is neither is left out and said", "[shop][words]") {
    CHECK(plate_kind("52") == "52");
    CHECK(plate_kind("小型新能源汽车") == "52");
    CHECK(plate_kind("大型新能源汽车") == "51");
    CHECK_FALSE(plate_kind("小车"));
    CHECK(plate_color("黄绿色") == "黄绿");
    CHECK(plate_color("蓝牌") == "蓝");
    CHECK(fuel("B") == "diesel");
    CHECK(fuel("柴油") == "diesel");
    CHECK_FALSE(fuel("AO"));
    const auto order = Sheet().with("号牌种类", "小车").order();
    CHECK(order.problems.empty());
    CHECK(order.notes.at(0).column == "号牌种类");
    CHECK_FALSE(journal::parsed(order.line)["vehicle"].contains("plate_kind"));
}

TEST_CASE("values that are no such thing are left out of the record and said, not guessed", "[shop]") {
    const std::pair<const char*, const char*> cases[] = {
        {"进厂里程", "8.5万公里"}, {"进厂里程", "0"}, {"工时", "1280"}, {"质量保证期", "3个月"}, {"工时费", "面议"}};
    for (const auto& [column, value] : cases) {
        INFO(column << value);
        const auto order = Sheet().with(column, value).order();
        CHECK(order.problems.empty());
        REQUIRE(order.notes.size() == 1);
        CHECK(order.notes[0].code == "left_out");
        CHECK(order.notes[0].column == column);
        CHECK(order.notes[0].row == 2);
    }
    CHECK(shop_number("85,300公里", "mileage_km") == 85300);
    CHECK(shop_number("2 只", "part_quantity") == 2);
    CHECK(shop_number("1.5小时", "labour_hours") == 1.5);
    CHECK(shop_number("3KM", "mileage_km") == 3);
    CHECK_FALSE(shop_number("两只", "part_quantity"));
    CHECK_FALSE(shop_number("2天", "labour_hours"));
    CHECK_FALSE(shop_number("300元", "mileage_km"));
    CHECK(fault_codes_in("P0420、p0171(历史)") == std::vector<std::string>{"P0420", "P0171"});
    CHECK(fault_codes_in("SPN3216 FMI4,无") == std::vector<std::string>{"SPN3216 FMI4"});
}

TEST_CASE("a cell of any length is read or left out", "[shop]") {
    for (const auto& unit :
         {"1", "1,234", " ", "　", "报告编码", "报告编码 ", "(", "P0420 ", "1日", "、", "2026-", "E+"}) {
        std::string text;
        while (text.size() < table_limits.cell_bytes / 2) text += unit;
        Sheet sheet;
        for (const auto* column : {"车牌号", "总费用", "进厂里程", "工时", "质量保证期", "故障码", "故障描述",
                                   "维修项目", "结算时间", "车架号", "号牌种类", "配件名称", "数量", "检测报告编号"})
            sheet = sheet.with(column, text);
        CHECK_FALSE(sheet.order().problems.empty());
        CHECK(shop_cents(text) == std::nullopt);
        CHECK_FALSE(scientific(text));
        CHECK_FALSE(report_number_in(text));
    }
}

TEST_CASE("a withdrawn order is not imported", "[shop]") {
    CHECK(Sheet().with("工单状态", "已作废").problem() == "voided 工单状态");
    CHECK(Sheet().with("工单状态", "已结算").problem().empty());
}

TEST_CASE("what was refused comes back with reasons and can be imported when it is mended", "[shop]") {
    const auto sheet = Sheet().with("检测报告编号", "610404990000000001").with("故障描述", "=1+1, \"\"怠速\"\"不稳");
    const auto bytes = sheet.with("总费用", "不详").csv();
    const auto csv = rejected_csv(read_table(bytes).value(), read(bytes));
    CHECK(csv.starts_with("\xEF\xBB\xBF"));
    CHECK(csv.find("第 2 行「总费用」") != std::string::npos);
    CHECK(csv.find("\"=\"\"610404990000000001\"\"\"") != std::string::npos);
    CHECK(csv.find("\"'=1+1") != std::string::npos);
    auto mended = csv;
    mended.replace(mended.rfind("不详"), std::string("不详").size(), "260");
    const auto again = read(mended);
    REQUIRE(again.orders.size() == 1);
    CHECK(again.orders[0].line == sheet.order().line);
}
