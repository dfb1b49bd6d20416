// What a shop's file leaves open or gets wrong: read right, refused with row and column, or asked; never guessed.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"
#include "station/intake/shop/values.hpp"
#include "station/intake/shop/words.hpp"
#include "tests/support/shop_sheet.hpp"
#include "tests/support/xlsx.hpp"

using namespace imloop;
using namespace imloop::station::intake;
using namespace imloop::test::shops;
using nlohmann::json;

namespace {

const std::string header = "工单号,车牌号,车架号,进厂时间,结算时间,维修项目,工时,工时费,配件名称,数量,单价,总费用";
const std::string begin = ",陕D0T001,LSVAA49J132000017,2026-03-01 09:05,2026-03-01 16:20,";

std::string codes_of(const ShopOrder& order) {
    std::string out;
    for (const auto& problem : order.problems) out += (out.empty() ? "" : " ") + problem.code;
    return out;
}

std::string field(const std::string& name) {
    const auto columns = match_columns({name});
    return columns.used.empty() ? std::string() : columns.used[0].field;
}
std::string likely(const std::string& name) {
    const auto columns = match_columns({name});
    return columns.likely.empty() ? std::string() : columns.likely[0].field;
}

}  // namespace

TEST_CASE("a row longer than its header is refused with its number, the others are taken", "[shop][shift]") {
    const auto repairs =
        read(header + "\nWO1" + begin + "换火花塞,1,60,火花塞,4,100,1,460.00\n" + "WO2" + begin +
             "换火花塞,1,1,060,火花塞,4,100,1460\n" + "WO3" + begin + "换火花塞,1,60,火花塞,4,100,\"1,460.00\"\n");
    REQUIRE(repairs.orders.size() == 3);
    for (const std::size_t i : {0, 1}) {
        CHECK(codes_of(repairs.orders[i]) == "columns_shift");
        CHECK(repairs.orders[i].problems[0].row == i + 2);
        CHECK(repairs.orders[i].problems[0].zh.find("13 格，表头只有 12 格") != std::string::npos);
    }
    CHECK(journal::parsed(repairs.orders[2].line)["total_fee"] == 1460);
}

TEST_CASE("of a row that is a column off nothing comes back but its number", "[shop][shift]") {
    const auto table = read_table(header + "\nWO1" + begin + "换火花塞,1,60,火花塞,4,100,1,460.00\n").value();
    const auto back = rejected_csv(table, read_shop_repairs(table, shop, now).value());
    CHECK(back.find(",WO1,,,,,,,,,,,\r\n") != std::string::npos);
}

TEST_CASE("empty cells at the end are no harm, but where they hide a number that was cut at its comma",
          "[shop][shift]") {
    const auto right = "\nWO1" + begin + "换火花塞,1,60,火花塞,4,100,460", other = header + ",备注";
    CHECK(read(header + right + ",,,\n").orders[0].problems.empty());
    CHECK(read(header + ",," + right + "\n").orders[0].problems.empty());
    const auto cut = "\nWO2" + begin + "换火花塞,1,60,火花塞,4,100,1,460.00,\n";
    CHECK(codes_of(read(other + right + ",\n" + cut).orders[1]) == "columns_shift");
    CHECK(codes_of(read(other + cut).orders[0]) == "columns_shift");
    // The end of each row is left out.
    const auto short_cut = "\nWO2" + begin + "换火花塞,1,60,火花塞,4,100,1,460.00\n";
    const auto longer = header + ",主修人,质检员";
    CHECK(codes_of(read(longer + right + short_cut).orders[1]) == "columns_shift");
    CHECK(read(longer + right).orders[0].problems.empty());
}

TEST_CASE("a name inside another word is likely at most, and a word beside it makes it another thing",
          "[shop][header]") {
    for (const auto* name :
         {"预计交车时间", "预约进厂时间", "上次结算日期", "下次进厂时间",  "上次进厂里程", "配件总费用", "未结算金额",
          "旧车牌号",     "代步车车牌号", "备用车牌号",   "VIN（后六位）", "车架号后8位",  "原工单号",   "建议维修项目",
          "工时费单价",   "已付总费用",   "首次进厂时间", "计划完工时间",  "保险总费用",   "临时车牌号"}) {
        INFO(name);
        CHECK(field(name).empty());
        CHECK(likely(name).empty());
    }
    CHECK(likely("总费用含附加") == "total_fee");
    CHECK(likely("内部工单号") == "work_order_no");
    for (const auto& [name, want] : {std::pair{"本次进厂里程", "mileage_km"},
                                     {"客户车牌号", "plate"},
                                     {"车辆识别代号(VIN)", "vin"},
                                     {"维修结算日期", "settled_at"},
                                     {"工单号*", "work_order_no"},
                                     {"维修工时费", "labour_fee"},
                                     {"派工状态", "status"}}) {
        INFO(name);
        CHECK(field(name) == want);
    }
}

TEST_CASE("a likely column is left out until a person says so", "[shop][header]") {
    const auto sheet = Sheet().renamed("总费用", "总费用含附加");
    CHECK(sheet.missing() == "missing_columns");
    const auto table = read_table(sheet.csv()).value();
    const auto asked = shop_questions(table);
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].key == "column:7");
    CHECK(read_shop_repairs(table, shop, now).error().detail().find("总费用含附加") != std::string::npos);
    const auto repairs = read(sheet.csv(), shop, {{"column:7", "total_fee"}});
    CHECK(journal::parsed(repairs.orders.at(0).line)["total_fee"] == 260);
}

TEST_CASE("two columns of one name are asked about", "[shop][header]") {
    const std::string two =
        "工单号,车牌号,进厂时间,结算时间,维修项目,总费用,配件名称,数量,数量\n"
        "WO1,陕D0T001,20260301,20260302,换火花塞,10,火花塞,1,4\n";
    const auto repairs = read(two);
    CHECK(repairs.questions.size() == 2);
    CHECK_FALSE(journal::parsed(repairs.orders[0].line)["parts"][0].contains("quantity"));
    CHECK(journal::parsed(read(two, shop, {{"column:9", "part_quantity"}}).orders[0].line)["parts"][0]["quantity"] ==
          4);
}

TEST_CASE("a unit in the header is reckoned with, or the column is not used", "[shop][header]") {
    for (const auto& [name, value] : {std::pair{"总费用(万元)", "0.184"},
                                      {"总费用（万元）", "0.184"},
                                      {"总费用万元", "0.184"},
                                      {"总费用/千元", "1.84"},
                                      {"总费用(角)", "18400"},
                                      {"总费用(分)", "184000"},
                                      {"总费用(元)", "1840"},
                                      {"总费用(单位：元)", "1840"}}) {
        INFO(name);
        CHECK(Sheet().renamed("总费用", name).with(name, value).record()["total_fee"] == 1840);
    }
    CHECK(Sheet().with("进厂里程(万公里)", "7.65").record()["mileage_km"] == 76500);
    CHECK(Sheet().with("进厂里程(千米)", "76500").record()["mileage_km"] == 76500);
    for (const auto* name : {"总费用(美元)", "总费用[USD]", "总费用($)", "总费用（工时）"}) {
        INFO(name);
        CHECK(Sheet().renamed("总费用", name).missing() == "missing_columns");
        CHECK(match_columns({name}).other_unit == std::vector<std::string>{name});
    }
    CHECK_FALSE(Sheet().with("进厂里程(英里)", "76500").record().contains("mileage_km"));
    CHECK(Sheet().renamed("总费用", "总费用(万元)").with("总费用(万元)", "1840元").problem() ==
          "bad_money 总费用(万元)");
}

TEST_CASE("numbers that a program has rounded, error words and formulas are refused by row and column", "[shop][ids]") {
    for (const auto* column : {"工单号", "车牌号", "车架号", "检测报告编号"})
        for (const auto* value : {"6.1E17", "1.38E10", "2.0e13", "20260305000101.0", "#REF!", "#N/A", "########"}) {
            INFO(column << value);
            const auto problem = Sheet().with(column, value).problem();
            CHECK((problem == "rounded_number " + std::string(column) ||
                   problem == "spreadsheet_error " + std::string(column)));
        }
    CHECK(Sheet().with("总费用", "#VALUE!").problem() == "spreadsheet_error 总费用");
    CHECK(Sheet().with("维修项目", "#N/A").problem() == "spreadsheet_error 维修项目");
    CHECK(Sheet().with("总费用", "=J3+M3*N3").problem() == "formula_without_value 总费用");
    const auto commas = Sheet().with("工单号", "2,026,040,800,414").order();
    CHECK(journal::parsed(commas.line)["work_order_no"] == "2026040800414");
    CHECK(commas.notes.at(0).code == "number_with_commas");
}

TEST_CASE("what is doubtful as a VIN or plate is noted by row and column, what is none is refused", "[shop][ids]") {
    const auto noted = [](const char* column, const char* value) {
        const auto order = Sheet().with(column, value).order();
        INFO(column << value << codes_of(order));
        REQUIRE(order.problems.empty());
        REQUIRE(!order.notes.empty());
        CHECK(order.notes[0].row == 2);
        return order.notes[0].code + " " + order.notes[0].column;
    };
    CHECK(noted("车架号", "12345678901234567") == "vin_placeholder 车架号");
    CHECK(noted("车架号", "00000000000000000") == "vin_placeholder 车架号");
    CHECK(noted("车架号", "LTESTAAA4T00004") == "vin_length 车架号");
    CHECK(noted("车牌号", "陕D0T001(蓝)") == "plate_colour 车牌号");
    CHECK(noted("车牌号", "陕D0T001挂") == "plate_form 车牌号");
    const auto coloured = Sheet().with("车牌号", "陕D0T001(蓝)").record()["vehicle"];
    CHECK(coloured["plate"] == "陕D0T001");
    CHECK(coloured["plate_color"] == "蓝");
    CHECK(Sheet().with("车架号", "LSVAA49J132000017/陕D0T001").problem() == "two_values 车架号");
    CHECK(Sheet().with("车牌号", "陕D0T001,陕D0T002").problem() == "two_values 车牌号");
    CHECK(Sheet().with("车牌号", "D0T001").problem() == "plate_without_province 车牌号");
    CHECK(Sheet().with("车牌号", "陕D*T001").problem() == "masked 车牌号");
    CHECK(Sheet().with("车牌号", "新车").with("车架号", "").problem() == "missing 车牌号");
    CHECK_FALSE(Sheet().with("车架号", "未知").record()["vehicle"].contains("vin"));
    CHECK(Sheet().with("车牌号", "公司车").problem() == "plate_none 车牌号");
}

TEST_CASE("a damaged character spoils its own member: a number refuses the row, a text is left out", "[shop][ids]") {
    const std::string damaged = "冒黑\xE7\x83";
    CHECK(Sheet().with("车牌号", "陕D0T\xE7\x83").problem() == "damaged 车牌号");
    CHECK(Sheet().with("工单号", "WO\xE7\x83").problem() == "damaged 工单号");
    CHECK(Sheet().with("维修项目", damaged).problem() == "damaged 维修项目");
    const auto order = Sheet().with("故障描述", damaged).with("配件名称", damaged).order();
    REQUIRE(order.problems.empty());
    const auto r = json::parse(order.line);
    CHECK_FALSE(r.contains("fault_description"));
    CHECK_FALSE(r.contains("parts"));
    CHECK(r["vehicle"]["plate"] == "陕D0T001");
    REQUIRE(order.notes.size() == 2);
    CHECK(order.notes[0].code == "left_out");
}

TEST_CASE("equal rows count as often as the total says; where it does not say, they are asked about", "[shop][rows]") {
    const auto rows = [](int count, const std::string& fee, const std::string& total) {
        std::string out = header + "\n";
        for (int i = 0; i < count; ++i) out += "WO1" + begin + "换喷油嘴,1," + fee + ",喷油嘴,1,320," + total + "\n";
        return out;
    };
    const auto content = [](const std::string& csv, const ShopAnswers& answers = {}) {
        const auto order = read(csv, shop, answers).orders.at(0);
        if (!order.problems.empty()) return codes_of(order);
        const auto r = journal::parsed(order.line);
        return std::to_string(r["items"].size()) + "+" + std::to_string(r["parts"].size());
    };
    CHECK(content(rows(4, "60", "1520")) == "4+4");
    CHECK(content(rows(4, "60", "380")) == "1+1");
    CHECK(content(rows(4, "60", "1340")) == "1+4");
    CHECK(content(rows(4, "60", "1500")) == "equal_rows");
    CHECK(content(rows(4, "60", "1500"), {{"equal:WO1", "each"}}) == "4+4");
    CHECK(content(rows(4, "60", "1500"), {{"equal:WO1", "once"}}) == "1+1");
    CHECK(content(header + "\nWO1" + begin + "大修,9,400,活塞,1,100,600\nWO1" + begin +
                  "大修,9,400,缸垫,1,100,600\n") == "1+2");
}

TEST_CASE("a number that a shop used again for another vehicle is another order", "[shop][rows]") {
    const std::string head = "工单号,车牌号,进厂时间,结算时间,维修项目,总费用\n",
                      first = "JS0801,陕D0T801,2026-03-01,2026-03-02,换火花塞,980\n";
    const auto both = read(head + first + "JS0801,陕D0T802,2026-04-01,2026-04-02,换火花塞,1260\n");
    REQUIRE(both.orders.size() == 2);
    CHECK(both.orders[0].problems.empty());
    CHECK(journal::parsed(both.orders[1].line)["vehicle"]["plate"] == "陕D0T802");
    CHECK(both.orders[0].record_id != both.orders[1].record_id);
    CHECK(codes_of(read(head + first + "JS0801,陕D0T802,2026-03-01,2026-03-02,换火花塞,980\n").orders.at(0)) ==
          "rows_differ");
}

TEST_CASE("only a status that says finished is a repair; one that is not known is asked about", "[shop][status]") {
    const auto problem = [](const std::string& word) { return Sheet().with("工单状态", word).problem(); };
    for (const auto* word : {"已结算", "已交车", "完工", "—", ""}) CHECK(problem(word).empty());
    for (const auto* word : {"在修", "未结算", "待料", "维修中"}) CHECK(problem(word) == "not_settled 工单状态");
    for (const auto* word : {"退款", "3", "已结算(退)", "转店"}) CHECK(problem(word) == "status_unknown 工单状态");
    CHECK(problem("已作废") == "voided 工单状态");
    const auto bytes = Sheet().with("工单状态", "转店").csv();
    CHECK(read(bytes).questions.at(0).key == "status:转店");
    CHECK(read(bytes, shop, {{"status:转店", "finished"}}).orders[0].problems.empty());
    CHECK(Sheet().with("是否结算", "否").problem() == "not_settled 是否结算");
    CHECK(Sheet().with("是否结算", "是").problem().empty());
    CHECK(Sheet().with("是否作废", "是").problem() == "voided 是否作废");
    CHECK(Sheet().with("工单状态", "已结算").with("付款状态", "退款").problem() == "status_unknown 付款状态");
    CHECK(Sheet().with("结算情况", "未结算").problem() == "not_settled 结算情况");
    CHECK(Sheet().with("是否修复", "否").problem() == "not_settled 是否修复");
    CHECK(Sheet().with("作废状态", "已作废").problem() == "voided 作废状态");
    CHECK(Sheet().with("退款状态", "已退款").problem() == "status_unknown 退款状态");
    CHECK(Sheet().with("退款状态", "无").problem().empty());
    CHECK(Sheet().with("维修结果", "已修复").problem().empty());
    CHECK(Sheet().with("维修结果", "未修复").problem() == "not_settled 维修结果");
    CHECK(Sheet().with("竣工检验结果", "不合格").problem() == "not_settled 竣工检验结果");
    CHECK(Sheet().with("维修结果", "客户放弃").problem() == "status_unknown 维修结果");
}

TEST_CASE("a part given back was not fitted, nor was one whose quantity is 0", "[shop][parts]") {
    const auto part = [](const std::string& quantity) {
        return Sheet().with("配件名称", "火花塞").with("配件数量", quantity);
    };
    for (const auto* back : {"-1", "－2", "(1)", "-0.5"}) CHECK(part(back).problem() == "part_given_back 配件数量");
    CHECK_FALSE(part("0").record().contains("parts"));
    CHECK(part("0").order().notes.at(0).code == "left_out");
    CHECK(part("4").record()["parts"][0]["quantity"] == 4);
}

TEST_CASE("sums, footers and titles of sections are no orders and are named", "[shop][rows]") {
    const auto row = "WO1" + begin + "换火花塞,1,60,火花塞,4,100,460\n";
    for (const auto* footer :
         {"制表人：甲,,,审核：乙", "共1单,,,,,,1,60,,4,100,460", "总计(元),,,,,,,,,,,460", "总计：1单,,,,,,,,,,,460",
          "合  计,,,,,,,,,,,460", "打印日期：2026-04-30　打印人：甲", "2026年3月", ",,,,,小计,1,60,,4,,460",
          "备注：以上数据以系统为准", "第1页/共1页", "费用合计,,,,,,,,,,,460", "Total,,,,,,,,,,,460", ",,,,,,,,,,,460",
          "打印于2026-04-30,,,,,,,,,,,460", ",审核：乙", "店长：甲,制表：乙,,,,,,,,,,"}) {
        INFO(footer);
        const auto repairs = read(header + "\n" + row + footer + "\n");
        REQUIRE(repairs.orders.size() == 1);
        CHECK(repairs.orders[0].problems.empty());
        REQUIRE(repairs.skipped.size() == 1);
        CHECK(repairs.skipped[0].row == 3);
        CHECK(repairs.skipped[0].label.find("甲") == std::string::npos);
    }
    CHECK(read(header + "\n" + row + "2,,,,,,,,,,,\n").orders.size() == 2);
}

TEST_CASE("one amount that is merged over two orders is neither's", "[shop][xlsx]") {
    const auto order = [](int row, const std::string& number, const std::string& fee) {
        return test::text_row(row, {number, "陕D0T001", "2026-03-01 09:05", "2026-03-01 16:20", "换火花塞", fee});
    };
    const auto sheet = [&](const std::string& second) {
        return test::zip_of(
            test::workbook(test::text_row(1, {"工单号", "车牌号", "进厂时间", "结算时间", "维修项目", "总费用"}) +
                               order(2, "WO1", "1840") + order(3, second, ""),
                           "<mergeCells><mergeCell ref=\"F2:F3\"/></mergeCells>"));
    };
    const auto two = read(sheet("WO2"));
    REQUIRE(two.orders.size() == 2);
    for (const auto& one : two.orders) {
        CHECK(codes_of(one) == "shared_amount");
        CHECK(one.problems[0].zh.find("WO1、WO2") != std::string::npos);
    }
    // Rows of one order may share its amount.
    CHECK(codes_of(read(sheet("WO1")).orders.at(0)) == "equal_rows");
}

TEST_CASE("hidden rows and columns are named and left out until a person wants them", "[shop][xlsx]") {
    const std::vector<std::string> names = {"工单号",   "车牌号", "进厂时间", "结算时间",
                                            "维修项目", "总费用", "进厂里程"};
    auto hidden = test::text_row(3, {"WO2", "陕D0T002", "20260301", "20260302", "换火花塞", "20", "8"});
    hidden.replace(0, 4, "<row hidden=\"1\"");
    auto parts =
        test::workbook(test::text_row(1, names) +
                       test::text_row(2, {"WO1", "陕D0T001", "20260301", "20260302", "换火花塞", "10", "7"}) + hidden);
    auto& xml = parts["xl/worksheets/sheet1.xml"];
    xml.insert(xml.find("<sheetData>"), "<cols><col min=\"7\" max=\"7\" width=\"0\" hidden=\"1\"/></cols>");
    const auto bytes = test::zip_of(parts);
    const auto without = read(bytes);
    REQUIRE(without.questions.size() == 1);
    CHECK(without.questions[0].key == "hidden");
    CHECK(without.questions[0].zh.find("第 3 行") != std::string::npos);
    CHECK(without.questions[0].zh.find("进厂里程") != std::string::npos);
    CHECK(without.orders[0].problems.empty());
    CHECK_FALSE(journal::parsed(without.orders[0].line).contains("mileage_km"));
    CHECK(codes_of(without.orders[1]) == "hidden");
    const auto with = read(bytes, shop, {{"hidden", "import"}});
    CHECK(journal::parsed(with.orders[0].line)["mileage_km"] == 7);
    CHECK(with.orders[1].problems.empty());
}

TEST_CASE("the sheet with a header is taken", "[shop][xlsx]") {
    auto parts = test::workbook(test::text_row(1, {"结算清单导出"}));
    parts["xl/workbook.xml"] =
        "<workbook xmlns:r=\"r\"><sheets><sheet name=\"封面\" r:id=\"rId1\"/><sheet name=\"四月\" "
        "r:id=\"rId9\"/></sheets></workbook>";
    parts["xl/_rels/workbook.xml.rels"] =
        "<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
        "<Relationship Id=\"rId9\" Type=\"x/worksheet\" Target=\"worksheets/sheet9.xml\"/></Relationships>";
    parts["xl/worksheets/sheet9.xml"] =
        "<worksheet><sheetData>" +
        test::text_row(1, {"工单号", "车牌号", "进厂时间", "结算时间", "维修项目", "总费用"}) +
        test::text_row(2, {"WO1", "陕D0T001", "20260301", "20260302", "换火花塞", "10"}) + "</sheetData></worksheet>";
    const auto table = read_shop_table(test::zip_of(parts)).value();
    CHECK(table.sheet == "四月");
    CHECK(read(test::zip_of(parts)).orders.size() == 1);
    CHECK(read_shop_table(test::zip_of(parts), 1).value().sheet == "封面");
}
