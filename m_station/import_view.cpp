#include "m_station/import_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "journal/json.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;
using station::intake::Reason;
using station::intake::ShopOrder;
using station::intake::ShopQuestion;
using station::intake::Table;

namespace {

constexpr std::size_t shown_max = 500;  ///< orders on the page; all are imported

State state_of(Fate fate, const Language& w) {
    switch (fate) {
        case Fate::fresh:
            return {std::string(w("可导入", "Ready")), "good", Tone::good, "", ""};
        case Fate::there:
            return {std::string(w("已导入过", "Imported before")), "none", Tone::none, "", ""};
        case Fate::changed:
            return {std::string(w("有改动", "Changed since")), "review", Tone::warn, "", ""};
        case Fate::refused:
            break;
    }
    return {std::string(w("有问题", "Not right")), "bad", Tone::bad, "", ""};
}

Html reason_line(const Reason& reason, const Language& w) {
    const auto column =
        reason.column.empty() ? std::string() : fmt::format(fmt::runtime(w("「{}」", " \"{}\"")), reason.column);
    return html("<small>{}{}</small>", fmt::format(fmt::runtime(w("第 {} 行{}：", "Row {}{}: ")), reason.row, column),
                w(reason.zh, reason.en));
}

Html order_row(const ShopOrder& order, Fate fate, const Language& w) {
    std::string plate, settled, fee = "—", content;
    if (order.problems.empty()) {
        const auto record = journal::parsed(order.line);
        const auto vehicle = record.value("vehicle", json::object());
        plate = shown_plate(vehicle.value("plate", vehicle.value("vin", "")));
        settled = record.value("settled_at", "").substr(0, 10);
        if (record.contains("total_fee")) fee = fmt::format("{:.2f}", record["total_fee"].get<double>());
        content = fmt::format(fmt::runtime(w("{} 项 {} 件", "{} repairs, {} parts")),
                              record.value("items", json::array()).size(), record.value("parts", json::array()).size());
    }
    Html reasons;
    for (const auto* list : {&order.problems, &order.notes})
        for (const auto& reason : *list) reasons += reason_line(reason, w);
    const auto first = order.rows.front(), last = order.rows.back();
    return html(
        R"(<tr><td>{}</td><td class="num">{}</td><td><strong>{}</strong></td><td>{}</td><td>{}</td><td class="num">{}</td><td>{}{}</td></tr>)",
        status_word(state_of(fate, w)), first == last ? fmt::format("{}", first) : fmt::format("{}–{}", first, last),
        order.work_order_no.empty() ? "—" : order.work_order_no, plate, settled, fee, content, reasons);
}

/// A button that posts, in a form of its own.
Html action(const Site& site, const char* path, const char* css, std::string_view text, const Html& fields = {}) {
    return html(
        R"(<form method="post" action="{}"><input type="hidden" name="token" value="{}">{}<button class="{}">{}</button></form>)",
        path, site.token, fields, css, text);
}

Html clear_button(const Site& site, const Language& w) {
    return action(site, "/import/clear", "", w("清除这个文件", "Clear this file"));
}

Html select(const std::string& name, std::string_view label, const std::vector<ShopQuestion::Option>& options,
            const std::string& chosen, const Language& w) {
    Html list;
    for (const auto& option : options)
        list += html(R"(<option value="{}"{}>{}</option>)", option.value,
                     option.value == chosen ? Html{" selected"} : Html{}, w(option.zh, option.en));
    return html(R"(<p><label for="{0}">{1}</label><br><select id="{0}" name="{0}">{2}</select></p>)", name, label,
                list);
}

/// One form for all that is asked; nothing where nothing is.
Html questions_form(const Site& site, const ImportFile& file, const Table& table,
                    const std::vector<ShopQuestion>& questions, const Language& w) {
    Html fields;
    if (table.sheets.size() > 1) {
        std::vector<ShopQuestion::Option> sheets;
        std::size_t shown = 0;
        for (std::size_t i = 0; i < table.sheets.size(); ++i) {
            const auto& sheet = table.sheets[i];
            if (sheet.name == table.sheet) shown = i + 1;
            sheets.push_back({std::to_string(i + 1), sheet.name + (sheet.hidden ? "（隐藏的）" : ""),
                              sheet.name + (sheet.hidden ? " (hidden)" : "")});
        }
        fields += select("sheet", w("工作表", "Sheet"), sheets, std::to_string(shown), w);
    }
    for (const auto& question : questions)
        fields += select("q." + question.key, w(question.zh, question.en), question.options,
                         answer_to(question, file.answers), w);
    if (fields.text.empty()) return {};
    return html(R"(<div class="note warn"><p><strong>{}</strong></p>{}</div>)", w("请先核对", "Please check first"),
                action(site, "/import/answers", "", w("按这样读", "Read it like this"), fields));
}

std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : "、") + name;
    return out.empty() ? std::string("—") : out;
}

Html columns_of(const ImportPlan& plan, const Language& w) {
    const auto& columns = plan.repairs.columns;
    Html used, skipped;
    for (const auto& column : columns.used) {
        const auto& field = station::intake::shop_field(column.field);
        used += html("<li>{} → {}</li>", column.header, w(field.zh, field.en));
    }
    for (const auto& row : plan.repairs.skipped)
        skipped += html("<li>{} {}</li>", fmt::format(fmt::runtime(w("第 {} 行", "Row {}")), row.row), row.label);
    const std::pair<std::string_view, const std::vector<std::string>&> lists[] = {
        {w("个人信息，不读取：", "Personal data, not read:"), columns.personal},
        {w("单位不能换算，没有用：", "Of a unit that can't be reckoned, not used:"), columns.other_unit},
        {w("没有用到：", "Not used:"), columns.unused}};
    Html rest;
    for (const auto& [what, names] : lists) rest += html("<p>{} {}</p>", what, listed(names));
    if (!skipped.text.empty())
        rest += html("<p>{}</p><ul>{}</ul>", w("不是工单的行：", "Rows that are no orders:"), skipped);
    return html(R"(<details><summary>{}</summary><ul>{}</ul>{}</details>)", w("哪一列是什么", "Which column is what"),
                used, rest);
}

Html buttons(const Site& site, const ImportPlan& plan, const Language& w) {
    const auto fresh = plan.count(Fate::fresh), refused = plan.count(Fate::refused);
    Html out;
    if (fresh > 0)
        out += action(site, "/import/save", "main", fmt::format(fmt::runtime(w("导入 {} 条", "Import {}")), fresh));
    if (refused > 0)
        out += html(R"(<a class="button" href="/import/rejected">{}</a>)",
                    fmt::format(fmt::runtime(w("下载有问题的 {} 条", "Download the {} that are not right")), refused));
    return html(R"(<div class="actions">{}{}</div>)", out, clear_button(site, w));
}

Html corrections_form(const Site& site, const ImportPlan& plan, const Language& w) {
    const auto changed = plan.count(Fate::changed);
    if (changed == 0) return {};
    return html(
        R"(<div class="note warn"><p>{}</p>{}</div>)",
        fmt::format(fmt::runtime(w("{} 张工单导入过，内容有改动。原记录不改，可以写更正：",
                                   "{} orders were imported before and have changed since. The records stay; a "
                                   "correction can be written:")),
                    changed),
        action(site, "/import/correct", "",
               fmt::format(fmt::runtime(w("写 {} 条更正", "Write {} corrections")), changed),
               html(R"(<label for="reason">{}</label><input id="reason" name="reason" size="40" required value="{}"> )",
                    w("理由（必填）", "Reason (required)"),
                    w("工单在维修软件中有改动", "The order was changed in the shop's software"))));
}

/// What a person must look at stands on top.
Html order_rows(const ImportPlan& plan, const Language& w) {
    std::vector<std::size_t> order(plan.fates.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto gravity = [&](std::size_t i) {
        return plan.fates[i] == Fate::refused ? 0 : plan.fates[i] == Fate::changed ? 1 : 2;
    };
    std::ranges::stable_sort(order, {}, gravity);
    Html out;
    for (std::size_t i = 0; i < std::min(order.size(), shown_max); ++i)
        out += order_row(plan.repairs.orders[order[i]], plan.fates[order[i]], w);
    if (order.size() > shown_max)
        out += html(R"(<tr><td colspan="7">{}</td></tr>)",
                    fmt::format(fmt::runtime(w("另有 {} 张工单没有列出。", "{} more orders are not listed.")),
                                order.size() - shown_max));
    return out;
}

}  // namespace

Html import_preview(const Site& site, const Request& r, const ImportFile& file, const ImportPlan& plan) {
    const auto& w = r.words;
    const auto counted = fmt::format(
        fmt::runtime(w("{} 张工单：{} 张可导入，{} 张导入过，{} 张有改动，{} 张有问题。还没有写入任何内容。",
                       "{} orders: {} ready, {} imported before, {} changed, {} not right. Nothing has "
                       "been written by looking.")),
        plan.fates.size(), plan.count(Fate::fresh), plan.count(Fate::there), plan.count(Fate::changed),
        plan.count(Fate::refused));
    Html head;
    const std::pair<const char*, std::string_view> columns[] = {{"", w("能否导入", "Ready?")},
                                                                {"num", w("行", "Row")},
                                                                {"", w("工单号", "Order")},
                                                                {"", w("车辆", "Vehicle")},
                                                                {"", w("结算", "Settled")},
                                                                {"num", w("总费用，元", "Total, CNY")},
                                                                {"", w("内容或原因", "Content or reason")}};
    for (const auto& [css, text] : columns) head += html(R"(<th class="{}">{}</th>)", css, text);
    return html(R"(<p><strong>{}</strong> · {}</p>{}{}{}<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{})",
                file.name, counted, questions_form(site, file, plan.table, plan.repairs.questions, w),
                buttons(site, plan, w), corrections_form(site, plan, w), head, order_rows(plan, w),
                columns_of(plan, w));
}

Html import_refused(const Site& site, const Request& r, const ImportFile& file, const journal::Error& why,
                    const Table* table) {
    const auto& w = r.words;
    const auto questions =
        table == nullptr ? Html{}
                         : questions_form(site, file, *table, station::intake::shop_questions(*table, file.answers), w);
    return html(R"(<div class="note bad" role="alert"><p><strong>{}</strong></p><p>{}</p></div>{}{})", file.name,
                why.detail(), questions, clear_button(site, w));
}

}  // namespace imloop::m_station
