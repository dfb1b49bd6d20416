#include "m_station/import_text.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "journal/json.hpp"

namespace imloop::m_station {

namespace intake = station::intake;
using intake::Reason;
using intake::ShopOrder;
using intake::ShopRepairs;

namespace {

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out += (out.empty() ? "" : "、") + text;
    return out;
}

std::string rows_of(const ShopOrder& order) {
    const auto first = order.rows.front(), last = order.rows.back();
    return first == last ? fmt::format("{}", first) : fmt::format("{}–{}", first, last);
}

void show_reason(const char* mark, const Reason& r) {
    const auto column_zh = r.column.empty() ? "" : "「" + r.column + "」";
    const auto column_en = r.column.empty() ? "" : " \"" + r.column + "\"";
    fmt::print("      {} 第 {} 行{}：{} / row {}{}: {}\n", mark, r.row, column_zh, r.zh, r.row, column_en, r.en);
}

const char* mark_of(Fate fate) {
    switch (fate) {
        case Fate::fresh:
            return "✓";
        case Fate::there:
            return "=";
        case Fate::changed:
            return "≠";
        case Fate::refused:
            break;
    }
    return "✗";
}

void show_order(const ShopOrder& order, Fate fate) {
    const std::string number = order.work_order_no.empty() ? "–" : order.work_order_no;
    if (order.problems.empty()) {
        const auto r = journal::parsed(order.line);
        const std::string settled = r.at("settled_at");
        const auto* said = fate == Fate::there     ? "  早已保存 / already there"
                           : fate == Fate::changed ? "  导入过，有改动 / changed since"
                                                   : "";
        fmt::print("  {} {:>9}  {:<24} {}  {:>10}  {} 项 {} 件{}\n", mark_of(fate), rows_of(order), number,
                   settled.substr(0, 10) + (r.contains("time_precision") ? "      " : " " + settled.substr(11, 5)),
                   r.contains("total_fee") ? fmt::format("{:.2f}", r.at("total_fee").get<double>()) : "–",
                   r.at("items").size(), r.contains("parts") ? r.at("parts").size() : 0, said);
    } else {
        fmt::print("  ✗ {:>9}  {}\n", rows_of(order), number);
    }
    for (const auto& problem : order.problems) show_reason("✗", problem);
    for (const auto& note : order.notes) show_reason("!", note);
}

}  // namespace

void show_sheets(const intake::Table& table) {
    if (table.sheets.size() < 2) return;
    fmt::print("工作表「{0}」，共 {1} 张，用 --sheet 选择 / sheet \"{0}\" of {1}, --sheet takes another:\n",
               table.sheet, table.sheets.size());
    for (std::size_t i = 0; i < table.sheets.size(); ++i)
        fmt::print("  --sheet {}  {}{}\n", i + 1, table.sheets[i].name,
                   table.sheets[i].hidden ? "（隐藏的 / hidden）" : "");
}

void show_questions(const std::vector<intake::ShopQuestion>& questions, const intake::ShopAnswers& answers) {
    for (const auto& question : questions) {
        const auto now = intake::answer_to(question, answers);
        fmt::print("  ? {} / {}\n", question.zh, question.en);
        for (const auto& option : question.options)
            fmt::print("      {} --answer '{}={}'  {} / {}\n", option.value == now ? "●" : "○", question.key,
                       option.value, option.zh, option.en);
    }
}

void show_columns(const intake::Table& table, const ShopRepairs& repairs) {
    show_sheets(table);
    fmt::print("表头在第 {0} 行 / the header is row {0}\n", repairs.header_row);
    for (const auto& column : repairs.columns.used) {
        const auto& field = intake::shop_field(column.field);
        fmt::print("  {} → {} / {}\n", column.header, field.zh, field.en);
    }
    if (!repairs.columns.personal.empty())
        fmt::print("  个人信息，不读取 / personal data, not read: {}\n", joined(repairs.columns.personal));
    if (!repairs.columns.other_unit.empty())
        fmt::print("  单位不能换算，没有用 / of a unit that can't be reckoned, not used: {}\n",
                   joined(repairs.columns.other_unit));
    if (!repairs.columns.unused.empty()) fmt::print("  没有用到 / not used: {}\n", joined(repairs.columns.unused));
    for (const auto& row : repairs.skipped)
        fmt::print("  第 {0} 行不是工单{1} / row {0} is no order{1}\n", row.row,
                   row.label.empty() ? "" : "（" + row.label + "）");
}

void show_orders(const ImportPlan& plan) {
    fmt::print("\n    {:>9}  {:<24} {}\n", "行 / row", "工单号 / order",
               "结算，总费用，项目，配件 / settled, fee, items, parts");
    for (std::size_t i = 0; i < plan.fates.size(); ++i) show_order(plan.repairs.orders[i], plan.fates[i]);
}

}  // namespace imloop::m_station
