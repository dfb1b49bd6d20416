#include "tests/support/pdf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <random>

#include "hub/report/pdf.hpp"
#include "hub/report/pdf_columns.hpp"

using namespace imloop;
using namespace imloop::hub;
using nlohmann::json;

namespace {

const Heading heading{"咸阳机动车监管中心 H610400-01", "from=2026-01-01 to=2026-05-01"};
const Closing closing{{"行数", 3}, {"数据截至", "2026-05-01"}, {"导出", "gaowen 2026-05-02T09:00:00+08:00"}};
constexpr std::int64_t made = 1'777'680'000;

std::vector<std::string> pages_of(const Report& report, Language language = Language::zh) {
    return test::pdf_pages(as_pdf(report, language, heading, closing, made));
}

int times(const std::string& text, const std::string& what) {
    int out = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++out;
    return out;
}

std::string joined(const std::vector<std::string>& pages) {
    return std::accumulate(pages.begin(), pages.end(), std::string());
}

Report three_counties() {
    return {"县区维修与闭环",
            "Repair and closing by county",
            {{"county", "代码", "county"},
             {"name", "县区", "name"},
             {"failed", "不合格车", "failed"},
             {"repair_rate", "进站维修率", "repair rate", true},
             {"median_days", "维修天数", "median days"}},
            {{"610404", "渭城区", 120, 0.625, 3.5},
             {"610428", "长武县", 7, nullptr, nullptr},
             {"all", "全市", 127, 0.59, 3}},
            {}};
}

Report list_of(int rows) {
    Report out{"逾期未返回的车辆",
               "Vehicles that did not return",
               {{"days", "已逾天数", "days overdue"}, {"plate", "号牌", "plate"}, {"where", "检验站", "station"}},
               {},
               {}};
    for (int n = 0; n < rows; ++n) out.rows.push_back({1000 - n, fmt::format("陕D·{:05}", n), "渭城区第一检验站"});
    return out;
}

}  // namespace

TEST_CASE("PDF: a row's cells are those of the list, each in its place, then what stands behind them") {
    const auto pages = pages_of(three_counties());
    REQUIRE(pages.size() == 1);
    std::vector<std::vector<std::string>> lines;
    for (const auto& line : test::lines_of(pages[0]))
        if (auto cells = test::words_of(line); !cells.empty()) lines.push_back(std::move(cells));
    using Cells = std::vector<std::string>;
    REQUIRE(lines.size() == 11);
    CHECK(lines[0] == Cells{"县区维修与闭环"});
    CHECK(lines[1] == Cells{"from=2026-01-01", "to=2026-05-01", "咸阳机动车监管中心", "H610400-01"});
    CHECK(lines[2] == Cells{"代码", "县区", "不合格车", "进站维修率", "维修天数"});
    CHECK(lines[3] == Cells{"610404", "渭城区", "120", "62.5%", "3.5"});
    CHECK(lines[4] == Cells{"610428", "长武县", "7", "–", "–"});
    CHECK(lines[5] == Cells{"all", "全市", "127", "59.0%", "3"});
    CHECK(lines[6] == Cells{"行数", "3"});
    CHECK(lines[7] == Cells{"数据截至", "2026-05-01"});
    CHECK(lines[8] == Cells{"导出", "gaowen", "2026-05-02T09:00:00+08:00"});
    CHECK(lines[9] == Cells{"制表：", "复核：", "负责人：", "日期："});
    CHECK(lines[10] == Cells{"第", "1", "页，共", "1", "页"});

    const auto english = pages_of(three_counties(), Language::en);
    for (const auto* words : {"Repair and closing by county", "repair rate", "prepared by:", "page 1 of 1"}) {
        INFO(words);
        CHECK(english.at(0).find(words) != std::string::npos);
    }
}

TEST_CASE("PDF: a long list has each row once, in its order, under columns that every page repeats") {
    const int rows = 400;
    const auto pages = pages_of(list_of(rows));
    CHECK(pages.size() > 5);
    for (std::size_t n = 0; n < pages.size(); ++n) {
        INFO(pages[n]);
        CHECK(times(pages[n], "逾期未返回的车辆") == 1);
        CHECK(times(pages[n], fmt::format("第 {} 页，共 {} 页", n + 1, pages.size())) == 1);
        if (pages[n].find("陕D·") != std::string::npos) CHECK(times(pages[n], "已逾天数") == 1);
    }
    int next = 0;
    for (const auto& line : test::lines_of(joined(pages)))
        if (const auto cells = test::words_of(line); cells.size() == 3 && cells[1].starts_with("陕D")) {
            CHECK(cells == std::vector<std::string>{std::to_string(1000 - next), fmt::format("陕D·{:05}", next),
                                                    "渭城区第一检验站"});
            ++next;
        }
    CHECK(next == rows);
    CHECK(times(joined(pages), "负责人：") == 1);
    CHECK(times(pages.back(), "负责人：") == 1);
}

TEST_CASE("PDF: whatever the number of rows, none is lost at the turn of a page, and the signatures stand together") {
    for (int rows = 0; rows < 90; rows += 1 + rows / 20) {
        const auto pages = pages_of(list_of(rows));
        INFO(rows << " rows");
        CHECK(times(joined(pages), "陕D·") == rows);
        CHECK(times(pages.back(), "制表：") == 1);
        CHECK(times(pages.back(), "日期：") == 1);
        CHECK(times(joined(pages), "（没有）") == (rows == 0 ? 1 : 0));
    }
}

TEST_CASE("PDF: a cell that no page holds is gone on with, and nothing of it is cut or said twice") {
    auto report = list_of(3);
    std::string words;
    for (int n = 0; n < 4000; ++n) words += fmt::format("w{:04} ", n);
    report.rows[1][2] = words;
    const auto pages = pages_of(report);
    CHECK(pages.size() > 3);
    const auto text = joined(pages);
    int wrong = 0;
    for (int n = 0; n < 4000; ++n) wrong += times(text, fmt::format("w{:04}", n)) == 1 ? 0 : 1;
    CHECK(wrong == 0);
    CHECK(times(text, "陕D·00002") == 1);
    CHECK(times(pages.back(), "日期：") == 1);
}

TEST_CASE("PDF: text from outside breaks no page and turns no row round") {
    auto report = list_of(8);
    report.rows[0][2] = std::string("a\0b\x1b[31m\x07\x7f", 10);
    report.rows[1][2] = std::string(3000, 'x');
    report.rows[2][2] = "\u202e站验检\u202c \u2066x\u2069";
    report.rows[3][2] = "محطة الفحص 123 תחנה";
    report.rows[4][2] = "😀👩‍🔧𠮷\U0010FFFD\uFFFE\uFDD0";
    report.rows[5][2] = "\xff\xfe broken \xe6\xa3";
    report.rows[6][2] = "第一行\n第二行\r\n\t第三行";
    report.rows[7][2] = "";
    const auto pages = pages_of(report);
    const auto text = joined(pages);
    for (int n = 0; n < 8; ++n) CHECK(times(text, fmt::format("陕D·{:05}", n)) == 1);
    CHECK(times(text, "x") >= 3000);
    CHECK(text.find("\\u0000b\\u001b[31m\\u0007") != std::string::npos);
    CHECK(text.find("\\u202e站验检\\u202c") != std::string::npos);
    CHECK(text.find("\\ufffd") != std::string::npos);
    for (const auto* line : {"第一行", "第二行", "第三行"}) CHECK(times(text, line) == 1);
    CHECK(text.find("没有字形") != std::string::npos);  // of U+10FFFD, which no font has
    CHECK(pages_of(list_of(2)).at(0).find("没有字形") == std::string::npos);
}

TEST_CASE("PDF: the same report gives the same bytes") {
    CHECK(as_pdf(list_of(60), Language::zh, heading, closing, made) ==
          as_pdf(list_of(60), Language::zh, heading, closing, made));
}

TEST_CASE("columns on paper fill its width, upright where they can, and break no word while a smaller size saves it") {
    const auto sum = [](const std::vector<double>& widths) {
        return std::accumulate(widths.begin(), widths.end(), 0.0);
    };
    const auto plan = plan_columns({{100, 50}, {300, 40}}, 500, 700);
    CHECK_FALSE(plan.is_landscape);
    CHECK(plan.text_size == 9);
    CHECK(plan.widths[0] == Approx(125));
    CHECK(plan.widths[1] == Approx(375));
    // 600 of 900 wanted: what is beyond the least, 100 each, is shared as 200 to 600.
    const auto narrower = plan_columns({{300, 100}, {700, 100}}, 400, 600);
    CHECK(narrower.is_landscape);
    CHECK(narrower.text_size == 9);
    CHECK(narrower.widths[0] == Approx(200));
    CHECK(narrower.widths[1] == Approx(400));
    // The least is 810 at 9 pt, 720 at 8, 630 at 7.
    CHECK(plan_columns({{900, 400}, {900, 410}}, 500, 700).text_size == 7);
    std::mt19937 dice(7);
    const auto up_to = [&](unsigned most) { return std::uniform_int_distribution<unsigned>(0, most)(dice); };
    for (int round = 0; round < 300; ++round) {
        std::vector<ColumnWish> wishes;
        for (auto columns = up_to(29) + 1; columns > 0; --columns) {
            const double least = 10.0 + up_to(100);
            wishes.push_back({least + up_to(200), least});
        }
        const auto made_of = plan_columns(wishes, 515, 762);
        CHECK(sum(made_of.widths) == Approx(made_of.is_landscape ? 762 : 515));
        double least = 0;
        for (std::size_t i = 0; i < wishes.size(); ++i) least += wishes[i].least * made_of.text_size / text_size_max;
        for (std::size_t i = 0; i < wishes.size(); ++i)
            if (least <= 762) CHECK(made_of.widths[i] >= Approx(wishes[i].least * made_of.text_size / text_size_max));
        CHECK((made_of.text_size == text_size_min || least <= 762));
    }
}
