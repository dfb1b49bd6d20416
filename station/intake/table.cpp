#include "station/intake/table.hpp"

#include <algorithm>
#include <cctype>

#include "station/intake/csv.hpp"
#include "station/intake/encoding.hpp"
#include "station/intake/xlsx.hpp"

namespace imloop::station::intake {
namespace {

bool looks_like_html(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '<') return false;
    std::string head(text.substr(first, 2000));
    std::ranges::transform(head, head.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return head.find("<html") != std::string::npos || head.find("<table") != std::string::npos ||
           head.find("<?xml") != std::string::npos;
}

}  // namespace

journal::Error long_cell(std::size_t row) {
    const auto n = std::to_string(row);
    return {"long_cell", "第 " + n + " 行有一格太长，多半是引号没有配对 / row " + n +
                             " has a cell that is too long, most likely quotes don't match"};
}

loop::Day serial_zero_1900() { return loop::parse_day("1899-12-30").value(); }

journal::Result<Table> read_table(std::string_view bytes, std::size_t sheet) {
    if (bytes.size() > table_limits.bytes)
        return journal::Error{"too_large",
                              "文件超过 32 MiB，请按月份分开导出 / the file is over 32 MiB, export it month by month"};
    if (bytes.starts_with("PK\x03\x04")) return read_xlsx(bytes, sheet);
    if (bytes.starts_with("\xD0\xCF\x11\xE0"))
        return journal::Error{"old_xls",
                              "这是旧的 .xls 或加了密码的文件，请另存为不加密的 .xlsx 或 CSV / an old .xls file or one "
                              "with a password, save it as .xlsx or CSV without a password"};
    const auto text = text_of(bytes);
    if (!text || text->find('\0') != std::string::npos)
        return journal::Error{"unreadable",
                              "不是 UTF-8、GB18030 或 UTF-16 文本，请另存为 CSV UTF-8 / no text in UTF-8, GB18030 or "
                              "UTF-16, save it as CSV UTF-8"};
    if (looks_like_html(*text))
        return journal::Error{"html_table",
                              "这是网页或 XML，不是表格文件，请用 Excel 或 WPS 打开后另存为 .xlsx / a web page or XML "
                              "under a spreadsheet's name, open it and save it as .xlsx"};
    return read_csv(*text);
}

}  // namespace imloop::station::intake
