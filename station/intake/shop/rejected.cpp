#include <algorithm>
#include <map>

#include "station/intake/shop/repairs.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

/// More digits than this a spreadsheet shows, and then saves, as 1.23E+17.
constexpr std::size_t digits_kept = 11;

std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) {
        out += c;
        if (c == '"') out += '"';
    }
    return out + "\"";
}

/// As read_csv gives it back, but never taken for a number that is cut, or for a formula.
std::string guarded(const std::string& raw) {
    auto text = tidy(raw);
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (digits && text.size() > digits_kept) return "=\"" + text + "\"";
    if (text.size() > 1 && std::string_view("=+-@").find(text.front()) != std::string_view::npos) return "'" + text;
    return text;
}

std::string reasons_of(const ShopOrder& order) {
    std::string out;
    for (const auto& p : order.problems) {
        if (!out.empty()) out += "；";
        out += "第 " + std::to_string(p.row) + " 行";
        if (!p.column.empty()) out += "「" + p.column + "」";
        out += "：" + p.zh + " / " + p.en;
    }
    return out;
}

}  // namespace

std::string rejected_csv(const Table& table, const ShopRepairs& repairs) {
    std::map<std::size_t, const Row*> by_number;
    for (const auto& row : table.rows) by_number[row.number] = &row;
    std::string out = "\xEF\xBB\xBF行号,原因 / reason";
    for (const auto& column : repairs.columns.used) out += "," + quoted(column.header);
    out += "\r\n";
    for (const auto& order : repairs.orders) {
        if (order.problems.empty()) continue;
        for (const auto number : order.rows) {
            const auto& cells = by_number.at(number)->cells;
            const bool shifted = std::ranges::any_of(
                order.problems, [&](const Reason& p) { return p.row == number && p.code == "columns_shift"; });
            out += std::to_string(number) + "," + quoted(reasons_of(order));
            for (const auto& column : repairs.columns.used) {
                const bool kept = column.index < cells.size() && (!shifted || column.field == "work_order_no");
                out += "," + quoted(kept ? guarded(cells[column.index]) : "");
            }
            out += "\r\n";
        }
    }
    return out;
}

}  // namespace imloop::station::intake
