#include "station/intake/formats/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loop/vehicle/text.hpp"
#include "station/intake/formats/csv.hpp"
#include "station/intake/formats/encoding.hpp"
#include "station/intake/formats/xlsx.hpp"

namespace imloop::station::intake {
namespace {

bool looks_like_html(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '<') return false;
    const auto head = loop::lower(text.substr(first, 2000));
    return head.find("<html") != std::string::npos || head.find("<table") != std::string::npos ||
           head.find("<?xml") != std::string::npos;
}

bool digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// `1` and `840.00`, which were `1,840.00`.
bool cut_number(const Row& row, const std::set<std::size_t>& amounts) {
    for (std::size_t i = 0; i + 1 < row.cells.size(); ++i) {
        if (!amounts.empty() && !amounts.contains(i)) continue;
        // Two amounts at the row's end: were they one, the last column would have none.
        if (i + 2 == row.cells.size() && amounts.contains(i + 1)) continue;
        std::string_view before = row.cells[i];
        const std::string_view behind = row.cells[i + 1];
        for (const std::string_view sign : {"\xC2\xA5", "\xEF\xBF\xA5"})
            if (before.starts_with(sign)) before.remove_prefix(sign.size());
        const auto rest = behind.substr(std::min<std::size_t>(3, behind.size()));
        if (digits(before) && before.size() <= 3 && behind.size() >= 3 && digits(behind.substr(0, 3)) &&
            (rest.empty() || !digits(rest.substr(0, 1))))
            return true;
    }
    return false;
}

}  // namespace

journal::Error long_cell(std::size_t row) {
    const auto n = std::to_string(row);
    return {"long_cell", "第 " + n + " 行有一格太长，多半是引号没有配对",
            "row " + n + " has a cell that is too long, most likely quotes don't match"};
}

bool is_formula(std::string_view cell) {
    return cell.size() > 1 && cell.front() == '=' && cell[1] != '"' && cell[1] != '=' && cell[1] != ' ';
}

std::optional<loop::Words> columns_shift(const Table& table, const Row& header, const Row& row,
                                         const std::set<std::size_t>& amounts) {
    if (!table.delimited) return std::nullopt;
    const auto said = [&](std::size_t cells) {
        return loop::Words{fmt::format("这一行有 {} 格，表头只有 {} 格，后面的值都错开了一列；是不是数字里有逗号"
                                       "（1,234.50）？请给它加引号，或去掉逗号",
                                       cells, header.cells.size()),
                           fmt::format("{} cells, the header has {}: what stands behind is a column off; a comma "
                                       "within a number (1,234.50)? Put it in quotes or take the comma out",
                                       cells, header.cells.size())};
    };
    if (row.cells.size() > header.cells.size()) return said(row.cells.size());
    // Rows that leave out empty cells at their end may be a column off within the header's length.
    const bool may_be_short = row.written < header.written && !amounts.empty();
    if ((row.written <= header.written && !may_be_short) || !cut_number(row, amounts)) return std::nullopt;
    const bool usual = std::ranges::any_of(table.rows, [&](const Row& other) {
        return other.number > header.number && other.written == row.written && !cut_number(other, amounts);
    });
    return usual ? std::nullopt : std::optional(said(row.written));
}

loop::Day serial_zero_1900() { return loop::parse_day("1899-12-30").value(); }

journal::Result<Table> read_table(std::string_view bytes, std::size_t sheet) {
    if (bytes.size() > table_limits.bytes)
        return journal::Error{"too_large", "文件超过 32 MiB，请按月份分开导出",
                              "the file is over 32 MiB, export it month by month"};
    if (bytes.starts_with("PK\x03\x04")) return read_xlsx(bytes, sheet);
    if (bytes.starts_with("\xD0\xCF\x11\xE0"))
        return journal::Error{"old_xls", "这是旧的 .xls 或加了密码的文件，请另存为不加密的 .xlsx 或 CSV",
                              "an old .xls file or one with a password, save it as .xlsx or CSV without a password"};
    const auto text = text_of(bytes);
    if (!text || text->find('\0') != std::string::npos)
        return journal::Error{"unreadable", "不是 UTF-8、GB18030 或 UTF-16 文本，请另存为 CSV UTF-8",
                              "no text in UTF-8, GB18030 or UTF-16, save it as CSV UTF-8"};
    if (looks_like_html(*text))
        return journal::Error{"html_table", "这是网页或 XML，不是表格文件，请用 Excel 或 WPS 打开后另存为 .xlsx",
                              "a web page or XML under a spreadsheet's name, open it and save it as .xlsx"};
    return read_csv(*text);
}

}  // namespace imloop::station::intake
