#include "station/intake/shop/header.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

/// Titles and the shop's name may stand above the header.
constexpr std::size_t header_within_rows = 30, fields_least = 3;
/// So many known columns are a header that lacks the order's number.
constexpr std::size_t fields_without_number = 5;
constexpr std::size_t rows_named = 20;

bool has_likely(const ShopColumns& columns, std::string_view field) {
    return std::ranges::find(columns.likely, field, &ShopColumn::field) != columns.likely.end();
}

bool is_header(const ShopColumns& columns) {
    const bool numbered = columns.of("work_order_no") != nullptr || has_likely(columns, "work_order_no");
    return columns.used.size() + (numbered ? columns.likely.size() : 0) >=
           (numbered ? fields_least : fields_without_number);
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out += (out.empty() ? "" : "、") + text;
    return out;
}

}  // namespace

std::optional<ShopHeader> find_shop_header(const Table& table, const ShopAnswers& answers) {
    const auto left_out = with_hidden(answers) ? std::set<std::size_t>{} : table.hidden_columns;
    std::optional<ShopHeader> best;
    for (std::size_t i = 0; i < std::min(header_within_rows, table.rows.size()); ++i) {
        auto columns = match_columns(table.rows[i].cells, answers, left_out);
        if (!is_header(columns)) continue;
        if (!best || columns.used.size() > best->columns.used.size()) best = ShopHeader{i, std::move(columns)};
    }
    return best;
}

std::string missing_columns(const ShopColumns& columns, bool bridge) {
    std::string zh, en;
    const auto miss = [&](const char* code) {
        const auto& field = shop_field(code);
        std::string names;
        for (std::size_t i = 0; i < std::min<std::size_t>(4, field.names.size()); ++i)
            names += (i == 0 ? "" : "、") + field.names[i];
        zh += fmt::format("{}{}（{}…）", zh.empty() ? "" : "；", field.zh, names);
        en += (en.empty() ? "" : ", ") + field.en;
    };
    const auto has = [&](const char* field) { return columns.of(field) != nullptr; };
    if (!has("work_order_no")) miss("work_order_no");
    if (!has("plate") && !has("vin") && !has("plate_or_vin")) miss("plate_or_vin");
    for (const auto* field : {"received_at", "settled_at", "item_name", "total_fee"})
        if (!has(field) && !(bridge && field == std::string_view("total_fee"))) miss(field);
    if (zh.empty()) return {};
    std::string likely, other;
    for (const auto& column : columns.likely) likely += (likely.empty() ? "" : "、") + column.header;
    if (!likely.empty()) likely = fmt::format("；像是、但没有用 / likely, but not used: {}", likely);
    if (!columns.other_unit.empty())
        other = fmt::format("；单位不能换算，没有用 / of a unit that can't be reckoned, not used: {}",
                            joined(columns.other_unit));
    const auto unused = columns.unused.empty() ? "" : fmt::format("；没有用到 / not used: {}", joined(columns.unused));
    return "缺少列：" + zh + " / columns are missing: " + en + likely + other + unused;
}

bool with_hidden(const ShopAnswers& answers) {
    const auto found = answers.find("hidden");
    return found != answers.end() && found->second == "import";
}

std::optional<ShopQuestion> hidden_question(const Table& table, const ShopHeader& header) {
    std::string rows, columns;
    std::size_t count = 0;
    for (std::size_t i = header.at + 1; i < table.rows.size(); ++i)
        if (table.rows[i].hidden && ++count <= rows_named)
            rows += (rows.empty() ? "" : "、") + std::to_string(table.rows[i].number);
    if (count > rows_named) rows += "…";
    const auto& names = table.rows[header.at].cells;
    for (const auto column : table.hidden_columns)
        if (column < names.size() && !tidy(names[column]).empty())
            columns += (columns.empty() ? "" : "、") + tidy(names[column]);
    if (rows.empty() && columns.empty()) return std::nullopt;
    ShopQuestion out{"hidden", {}, {}, {{"skip", "不导入", "Leave it out"}, {"import", "也导入", "Import it too"}}};
    if (!rows.empty()) {
        out.zh += fmt::format("第 {} 行在表格里是隐藏的（共 {} 行）。", rows, count);
        out.en += fmt::format("{} rows are hidden in the spreadsheet: {}. ", count, rows);
    }
    if (!columns.empty()) {
        out.zh += fmt::format("列「{}」在表格里是隐藏的。", columns);
        out.en += fmt::format("Columns are hidden in the spreadsheet: {}. ", columns);
    }
    out.zh += "要导入隐藏的内容吗？";
    out.en += "Is what is hidden to be imported?";
    return out;
}

journal::Result<Table> read_shop_table(std::string_view bytes, std::size_t sheet) {
    if (sheet != 0) return read_table(bytes, sheet);
    auto first = read_table(bytes, 1);
    if (!first || find_shop_header(*first)) return first;
    for (std::size_t n = 2; n <= first->sheets.size() && !first->sheets[n - 1].hidden; ++n) {
        auto other = read_table(bytes, n);
        if (other && find_shop_header(*other)) return other;
    }
    return first;
}

}  // namespace imloop::station::intake
