#include "station/intake/table.hpp"

#include <iconv.h>

#include <catch2/catch.hpp>

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
    CHECK(unended.error().detail.find("第 2 行") == 0);
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
        "<row r=\"7\"><c r=\"B7\" t=\"s\"><v>0</v></c><c r=\"C7\" t=\"s\"><v>99</v></c></row>");
    parts["xl/sharedStrings.xml"] =
        "<sst><si><t>甲</t></si><si><r><t>乙</t></r><r><t xml:space=\"preserve\"> "
        "a_x000D_</t></r><rPh><t>yi</t></rPh></si></sst>";
    const auto table = read_table(test::zip_of(parts)).value();
    REQUIRE(table.rows.size() == 2);
    CHECK(table.rows[0].number == 2);
    CHECK(table.rows[0].cells == Cells{"乙 a", "", "丙丁", "1280.5", "46082", "2026-03-01", "2026-03-01 16:20:00",
                                       "20260301162000", "6.1040499E+17", "6.1040499E+17", "算", "", "TRUE"});
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

TEST_CASE("sheets are counted without the hidden ones", "[table][xlsx]") {
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
    CHECK(read_table(file, 2).value().sheets == 2);
    CHECK(error(file, 3) == "no_such_sheet");
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
    const std::string spread = "<mergeCells><mergeCell ref=\"A1:IV50000\"/></mergeCells>";
    std::string rows = test::text_row(1, {std::string(table_limits.cell_bytes, 'x')});
    for (int i = 2; i < 100; ++i) rows += test::text_row(i, {std::to_string(i * i) + " 甲"});
    CHECK(error(test::zip_of(test::workbook(rows, spread))) == "too_many_rows");
    CHECK(error(test::zip_of(test::workbook(test::text_row(1, {std::string(table_limits.cell_bytes + 1, 'x')})))) ==
          "long_cell");
    auto file = test::zip_of(test::workbook(test::text_row(1, {"甲"})));
    for (std::size_t cut = 4; cut < file.size(); cut += 37) CHECK(error(file.substr(0, cut)) == "bad_xlsx");
}
