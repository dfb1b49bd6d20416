#include "station/intake/formats/table.hpp"

#include <iconv.h>

#include <catch2/catch.hpp>

#include "station/intake/formats/number_format.hpp"
#include "tests/support/xlsx.hpp"

using namespace imloop;
using namespace imloop::station::intake;
using Cells = std::vector<std::string>;

namespace {

std::string encoded(const std::string& utf8, const char* encoding) {
    const iconv_t converter = iconv_open(encoding, "UTF-8");
    std::string in = utf8, out(utf8.size() * 4 + 8, '\0');
    char *in_at = in.data(), *out_at = out.data();
    std::size_t in_left = in.size(), out_left = out.size();
    REQUIRE(iconv(converter, &in_at, &in_left, &out_at, &out_left) == 0);
    iconv_close(converter);
    out.resize(out.size() - out_left);
    return out;
}

std::string error(const std::string& bytes, std::size_t sheet = 1) {
    const auto table = read_table(bytes, sheet);
    return table ? std::string() : table.error().code;
}

std::vector<Cells> cells_of(const std::string& bytes, std::size_t sheet = 1) {
    std::vector<Cells> out;
    for (const auto& row : read_table(bytes, sheet).value().rows) out.push_back(row.cells);
    return out;
}

}  // namespace

TEST_CASE("a CSV file is read in every encoding and with every separator", "[table]") {
    const std::vector<Cells> want = {{"工单号", "车牌号", "金额"}, {"WO1", "陕D0T001", "一，二"}};
    for (const auto* separator : {",", ";", "\t"}) {
        const std::string s = separator,
                          text = "工单号" + s + "车牌号" + s + "金额\r\nWO1" + s + "陕D0T001" + s + "一，二\r\n";
        CHECK(cells_of(text) == want);
        CHECK(cells_of("\xEF\xBB\xBF" + text) == want);
        CHECK(cells_of(encoded(text, "GB18030")) == want);
        CHECK(cells_of("\xFF\xFE" + encoded(text, "UTF-16LE")) == want);
        CHECK(cells_of("\xFE\xFF" + encoded(text, "UTF-16BE")) == want);
    }
    CHECK(cells_of("sep=;\r\na;b,c\r\n") == std::vector<Cells>{{"a", "b,c"}});
    CHECK(cells_of("sep=;\ra;b\r") == std::vector<Cells>{{"a", "b"}});
    CHECK(cells_of("a\tb\n1,2,3\t4\n5,6,7\t8\n") == std::vector<Cells>{{"a", "b"}, {"1,2,3", "4"}, {"5,6,7", "8"}});
}

TEST_CASE("quotes hold separators, line ends and quotes; rows keep the number of their first line", "[table]") {
    const auto table = read_table("a,b\n\n\"x, \"\"y\"\"\r\nz\",2\r3,\" 4\"5\n,,\n=\"0012\",6").value();
    REQUIRE(table.rows.size() == 4);
    CHECK(table.rows[0].number == 1);
    CHECK(table.rows[1].number == 3);
    CHECK(table.rows[1].cells == Cells{"x, \"y\"\r\nz", "2"});
    CHECK(table.rows[2].number == 5);
    CHECK(table.rows[2].cells == Cells{"3", " 45"});
    CHECK(table.rows[3].number == 7);
    CHECK(table.rows[3].cells == Cells{"0012", "6"});
    const auto unended = read_table("a,b\n1,\"2\n3,4\n");
    REQUIRE(!unended);
    CHECK(unended.error().code == "unended_quote");
    CHECK(unended.error().detail().find("第 2 行") == 0);
}

TEST_CASE("what is no table says what it is", "[table]") {
    CHECK(error("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") == "old_xls");
    CHECK(error("\r\n<HTML><table><tr><td>1</td></tr></table>") == "html_table");
    CHECK(error("PK\x03\x04 cut short") == "bad_xlsx");
    CHECK(error(std::string("a,b\n1,\0", 7)) == "unreadable");
    CHECK(error("a,b\n1,\xFF\xFF\n") == "unreadable");
    CHECK(error(std::string(table_limits.bytes + 1, 'a')) == "too_large");
    CHECK(error(std::string(table_limits.columns, ',')) == "too_many_columns");
    std::string rows;
    for (std::size_t i = 0; i <= table_limits.rows; ++i) rows += "a\n";
    CHECK(error(rows) == "too_many_rows");
    CHECK(error("a,b\n1," + std::string(table_limits.cell_bytes + 1, 'x')) == "long_cell");
    CHECK(cells_of("").empty());
}

TEST_CASE("cells of every kind come out of an XLSX file as text", "[table][xlsx]") {
    auto parts = test::workbook(
        "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"C2\" "
        "t=\"inlineStr\"><is><r><t>丙</t></r><r><t>丁</t></r></is></c>"
        "<c r=\"D2\"><v>1280.5000000000001</v></c><c r=\"E2\" s=\"3\"><v>46082</v></c><c r=\"F2\" "
        "s=\"1\"><v>46082</v></c>"
        "<c r=\"G2\" s=\"2\"><v>46082.680555555555</v></c><c r=\"H2\"><v>20260301162000</v></c>"
        "<c r=\"I2\"><v>6.1040499000000000E+17</v></c><c r=\"J2\"><v>610404990000000001</v></c>"
        "<c r=\"K2\" t=\"str\"><f>A1</f><v>算</v></c><c r=\"L2\" t=\"e\"><v>#REF!</v></c><c r=\"M2\" "
        "t=\"b\"><v>1</v></c></row>"
        "<row r=\"7\"><c r=\"B7\" t=\"s\"><v>0</v></c></row>");
    parts["xl/sharedStrings.xml"] =
        "<sst><si><t>甲</t></si><si><r><t>乙</t></r><r><t xml:space=\"preserve\"> "
        "a_x000D_</t></r><rPh><t>yi</t></rPh></si></sst>";
    const auto table = read_table(test::zip_of(parts)).value();
    REQUIRE(table.rows.size() == 2);
    CHECK(table.rows[0].number == 2);
    CHECK(table.rows[0].cells == Cells{"乙 a", "", "丙丁", "1280.5", "46082", "2026-03-01", "2026-03-01 16:20:00",
                                       "20260301162000", "6.1040499E+17", "6.1040499E+17", "算", "#REF!", "TRUE"});
    CHECK(table.rows[1].number == 7);
    CHECK(table.rows[1].cells == Cells{"", "甲"});
    CHECK(table.sheet == "结算");
}

TEST_CASE("merged cells say the same everywhere, the 1904 system and prefixed elements are known", "[table][xlsx]") {
    auto parts = test::workbook(test::text_row(1, {"甲", "乙"}) + test::text_row(2, {"", "丙"}),
                                "<mergeCells><mergeCell ref=\"A1:A9\"/><mergeCell ref=\"ZZZZ1\"/></mergeCells>");
    CHECK(cells_of(test::zip_of(parts)) == std::vector<Cells>{{"甲", "乙"}, {"甲", "丙"}});

    parts = test::workbook("<row r=\"1\"><c s=\"1\"><v>44620</v></c></row>");
    auto& book = parts["xl/workbook.xml"];
    book.replace(book.find("<workbookPr/>"), 13, "<workbookPr date1904=\"1\"/>");
    CHECK(cells_of(test::zip_of(parts)) == std::vector<Cells>{{"2026-03-01"}});

    parts = test::workbook("");
    parts["xl/worksheets/sheet1.xml"] =
        "<x:worksheet xmlns:x=\"m\"><x:sheetData><x:row><x:c t=\"inlineStr\"><x:is><x:t>甲</x:t></x:is></x:c></x:row>"
        "</x:sheetData></x:worksheet>";
    CHECK(cells_of(test::zip_of(parts)) == std::vector<Cells>{{"甲"}});
}

TEST_CASE("sheets that are hidden are counted last", "[table][xlsx]") {
    auto parts = test::workbook(test::text_row(1, {"一"}));
    parts["xl/workbook.xml"] =
        "<workbook xmlns:r=\"r\"><sheets><sheet name=\"藏\" state=\"hidden\" r:id=\"rId9\"/><sheet name=\"甲\" "
        "r:id=\"rId1\"/>"
        "<sheet name=\"乙\" r:id=\"rId9\"/></sheets></workbook>";
    parts["xl/_rels/workbook.xml.rels"] =
        "<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
        "<Relationship Id=\"rId9\" Type=\"x/worksheet\" Target=\"/xl/worksheets/sheet9.xml\"/></Relationships>";
    parts["xl/worksheets/sheet9.xml"] =
        "<worksheet><sheetData>" + test::text_row(1, {"九"}) + "</sheetData></worksheet>";
    const auto file = test::zip_of(parts);
    CHECK(cells_of(file) == std::vector<Cells>{{"一"}});
    CHECK(cells_of(file, 2) == std::vector<Cells>{{"九"}});
    const auto sheets = read_table(file, 2).value().sheets;
    REQUIRE(sheets.size() == 3);
    CHECK(sheets[1].name == "乙");
    CHECK(sheets[2].name == "藏");
    CHECK(sheets[2].hidden);
    CHECK(cells_of(file, 3) == std::vector<Cells>{{"九"}});
    CHECK(error(file, 4) == "no_such_sheet");
}

TEST_CASE("an XLSX file that would blow up or is damaged is refused", "[table][xlsx]") {
    auto parts = test::workbook("");
    parts["xl/worksheets/sheet1.xml"] = std::string(8U << 20, ' ');
    CHECK(error(test::zip_of(parts)) == "too_large");
    parts["xl/worksheets/sheet1.xml"] = "<worksheet><sheetData><row r=\"1\">";
    CHECK(error(test::zip_of(parts)) == "bad_xlsx");
    CHECK(error(test::zip_of({{"a.txt", "a"}})) == "bad_xlsx");
    CHECK(error(test::zip_of(test::workbook("<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row>"))) == "too_many_columns");
    CHECK(error(test::zip_of(test::workbook("<row r=\"2\"/><row r=\"2\"/>"))) == "bad_xlsx");
    CHECK(error(test::zip_of(test::workbook("<row r=\"1\"><c r=\"1A\"><v>1</v></c></row>"))) == "bad_xlsx");
    const std::string spread = "<mergeCells><mergeCell ref=\"A1:A50000\"/></mergeCells>";
    std::string rows = test::text_row(1, {std::string(table_limits.cell_bytes, 'x')});
    for (int i = 2; i < 1100; ++i) rows += test::text_row(i, {"", std::to_string(i * i) + " 甲"});
    CHECK(error(test::zip_of(test::workbook(rows, spread))) == "too_many_rows");
    CHECK(error(test::zip_of(test::workbook(test::text_row(1, {std::string(table_limits.cell_bytes + 1, 'x')})))) ==
          "long_cell");
    auto file = test::zip_of(test::workbook(test::text_row(1, {"甲"})));
    for (std::size_t cut = 4; cut < file.size(); cut += 37) CHECK(error(file.substr(0, cut)) == "bad_xlsx");
}

TEST_CASE("a shared string that is not there refuses the file, and parts are found by their relations",
          "[table][xlsx]") {
    const std::string rows = "<row r=\"1\"><c t=\"s\"><v>1</v></c><c t=\"inlineStr\"><is><t>乙</t></is></c></row>";
    CHECK(error(test::zip_of(test::workbook(rows))) == "bad_xlsx");
    const std::string strings = "<sst><si><t>无</t></si><si><t>甲</t></si></sst>";
    auto parts = test::workbook(rows);
    parts["xl/SharedStrings.xml"] = strings;
    CHECK(cells_of(test::zip_of(parts)) == std::vector<Cells>{{"甲", "乙"}});
    parts.erase("xl/SharedStrings.xml");
    parts["xl/other/text.xml"] = strings;
    auto& relations = parts["xl/_rels/workbook.xml.rels"];
    relations.insert(relations.find("</Relationships>"),
                     "<Relationship Id=\"rId5\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/"
                     "sharedStrings\" Target=\"./other/../other/Text.xml\"/>");
    CHECK(cells_of(test::zip_of(parts)) == std::vector<Cells>{{"甲", "乙"}});
    auto moved = test::workbook(test::text_row(1, {"甲"}));
    moved["_rels/.rels"] =
        "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"/book/main.xml\"/></Relationships>";
    moved["book/main.xml"] = moved["xl/workbook.xml"];
    moved["book/_rels/main.xml.rels"] =
        "<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"../xl/worksheets/Sheet1.xml\"/>"
        "</Relationships>";
    moved.erase("xl/workbook.xml");
    CHECK(cells_of(test::zip_of(moved)) == std::vector<Cells>{{"甲"}});
}

TEST_CASE("a number is as its format shows it where that says more than the number", "[table][xlsx]") {
    const auto shown = [](double value, const char* code) {
        return shown_number(value, number_format(code), serial_zero_1900());
    };
    CHECK(shown(507, "00000000") == "00000507");
    CHECK(shown(123456789, "00000000") == "123456789");
    CHECK(shown(507, "\"SL\"00000;-0") == "SL00507");
    CHECK(shown(12345, "0000\\-0000") == "0001-2345");
    CHECK(shown(1840, "0") == "1840");
    CHECK(shown(1840, "#,##0.00\"元\"") == "1840");
    CHECK(shown(1840, "[$$-409]#,##0.00") == "$1840");
    CHECK(shown(0.184, "0.000\"万元\"") == "0.184万元");
    CHECK(shown(1840, "0!.0,\"万\"") == "1840");
    CHECK(shown(0.5, "0%") == "50%");
    CHECK(shown(0.635416666666667, "h:mm") == "15:15:00");
    CHECK(shown(46082.680555555555, "yyyy-mm-dd hh:mm") == "2026-03-01 16:20:00");
    CHECK(shown(46082, "yyyy\"年\"m\"月\"") == "2026-03-01");
    CHECK(shown_number(0.12, builtin_format(10), 0) == "12%");
}

TEST_CASE("a formula without a value is the formula; an empty text is a value", "[table][xlsx]") {
    auto parts = test::workbook(
        "<row r=\"1\"><c><f>A2+1</f></c><c><f t=\"shared\" si=\"0\"/><v></v></c><c t=\"str\"><f>B1</f><v></v></c>"
        "<c><f>SUM(A1)</f><v>0</v></c><c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c><c><v>7</v></c></row>");
    CHECK(cells_of(test::zip_of(parts)) == std::vector<Cells>{{"=A2+1", "=…", "", "0", "#DIV/0!", "7"}});
    auto& book = parts["xl/workbook.xml"];
    book.insert(book.find("</workbook>"), "<calcPr calcId=\"124519\" fullCalcOnLoad=\"1\"/>");
    CHECK(cells_of(test::zip_of(parts))[0][3] == "=SUM(A1)");
    CHECK(is_formula("=A2+1"));
    CHECK_FALSE(is_formula("=\"00123\""));
    CHECK_FALSE(is_formula("===="));
}

TEST_CASE("rows without text are none, however many have a format", "[table][xlsx]") {
    std::string rows = test::text_row(1, {"甲"});
    for (std::size_t i = 2; i <= table_limits.rows + 10; ++i) rows += "<row r=\"" + std::to_string(i) + "\"/>";
    CHECK(cells_of(test::zip_of(test::workbook(rows))).size() == 1);
}

TEST_CASE("what is merged over rows says the same in each, over columns in the first alone", "[table][xlsx]") {
    const auto table = read_table(test::zip_of(test::workbook(
                                      test::text_row(1, {"甲", "", "乙"}) + test::text_row(2, {"", "", "丙"}),
                                      "<mergeCells><mergeCell ref=\"A1:A2\"/><mergeCell ref=\"C2:E2\"/></mergeCells>")))
                           .value();
    CHECK(table.rows[1].cells == Cells{"甲", "", "丙"});
    CHECK(table.merged == std::vector<MergedCells>{{0, 1, 2}});
}

TEST_CASE("characters that XML can't hold come back from their escapes", "[table][xlsx]") {
    CHECK(cells_of(test::zip_of(test::workbook(test::text_row(1, {"a_x000D__x000A_b_x005F_x_y_"})))) ==
          std::vector<Cells>{{"a\nb_x_y_"}});
}

TEST_CASE("a row of a CSV file that is longer than its header is a column off; one of a spreadsheet is not",
          "[table]") {
    const auto shifts = [](const std::string& bytes) {
        const auto table = read_table(bytes).value();
        std::vector<std::size_t> out;
        for (std::size_t i = 1; i < table.rows.size(); ++i)
            if (columns_shift(table, table.rows[0], table.rows[i])) out.push_back(table.rows[i].number);
        return out;
    };
    using Numbers = std::vector<std::size_t>;
    CHECK(shifts("a,b,c\n1,2,3\n1,2,3,4\n1,2\n") == Numbers{3});
    CHECK(shifts("a,b,c\n1,2,3,\n1,2,3, ,\n") == Numbers{});
    CHECK(shifts("a,b,c\n7,8,9\n1,234.50,,\n") == Numbers{3});
    CHECK(shifts("a,b,c\n7,8,9,\n1,234.50,,\n") == Numbers{});
    CHECK(shifts(test::zip_of(test::workbook(test::text_row(1, {"a"}) + test::text_row(2, {"1", "234"})))) ==
          Numbers{});
    const auto table = read_table("a,b\n1,2,3\n").value();
    CHECK(columns_shift(table, table.rows[0], table.rows[1])->zh.find("3 格，表头只有 2 格") != std::string::npos);
}
