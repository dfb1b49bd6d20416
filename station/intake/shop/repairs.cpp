#include "station/intake/shop/repairs.hpp"

#include <algorithm>
#include <map>

#include "loop/admission.hpp"
#include "station/intake/shop/order.hpp"
#include "station/intake/shop/rows.hpp"

namespace imloop::station::intake {
namespace {

/// The field whose column is at fault where admission points to a member of the record.
std::string field_at(const std::string& pointer, const ShopColumns& columns) {
    static const std::map<std::string, std::string, std::less<>> of = {
        {"items", "item_name"}, {"parts", "part_name"}, {"occurred_at", "settled_at"}};
    auto member = pointer.substr(std::min<std::size_t>(1, pointer.size()));
    if (member == "vehicle") return columns.of("vin") != nullptr ? "vin" : "plate_or_vin";
    if (member.starts_with("vehicle/")) member = member.substr(sizeof "vehicle/" - 1);
    member = member.substr(0, member.find('/'));
    const auto found = of.find(member);
    return found == of.end() ? member : found->second;
}

void admit(const std::string& station_id, loop::Moment now, const ShopColumns& columns, ShopOrder& order) {
    const auto admitted = loop::admit(order.line, station_id, now);
    const auto add = [&](const std::vector<loop::Problem>& from, std::vector<Reason>& to) {
        for (const auto& p : from) {
            const auto* column = columns.of(field_at(p.pointer, columns));
            const auto said = [&](const Reason& r) { return column != nullptr && r.column == column->header; };
            if (&to == &order.notes && std::ranges::any_of(to, said)) continue;
            to.push_back({order.rows.front(), column == nullptr ? "" : column->header, p.code, p.zh, p.en});
        }
    };
    add(admitted.problems, order.problems);
    add(admitted.warnings, order.notes);
}

void ask(const ShopQuestion& question, std::vector<ShopQuestion>& out) {
    if (std::ranges::find(out, question.key, &ShopQuestion::key) == out.end()) out.push_back(question);
}

ShopOrder order_of(const Table& table, const ShopColumns& columns, const std::string& station_id, loop::Moment now,
                   const ShopAnswers& answers, const ShopRows::Group& group) {
    ShopOrder order;
    order.work_order_no = group.number;
    for (const auto* row : group.rows) order.rows.push_back(row->number);
    order.problems = group.problems;
    if (!order.problems.empty()) return order;
    if (group.number.empty()) {
        order.problems.push_back({order.rows.front(), columns.of("work_order_no")->header, "missing", "没有填，请补上",
                                  "is blank, fill it in"});
        return order;
    }
    read_shop_order(table, columns, station_id, group.rows, answers, order);
    if (order.problems.empty()) admit(station_id, now, columns, order);
    if (!order.problems.empty()) order.line.clear(), order.record_id.clear();
    return order;
}

}  // namespace

std::vector<ShopQuestion> shop_questions(const Table& table, const ShopAnswers& answers) {
    const auto header = find_shop_header(table, answers);
    if (!header) return {};
    auto out = header->columns.questions;
    if (const auto hidden = hidden_question(table, *header)) ask(*hidden, out);
    return out;
}

journal::Result<ShopRepairs> read_shop_repairs(const Table& table, const std::string& station_id, loop::Moment now,
                                               const ShopAnswers& answers) {
    const auto header = find_shop_header(table, answers);
    const std::string no_header =
        "找不到表头：表里要有工单号（结算清单编号、工单号…）一列 / no header was found: one column must be the work "
        "order number";
    if (!header) return journal::Error{"no_header", no_header};
    const auto& columns = header->columns;
    const auto missing = missing_columns(columns, station_id.starts_with('B'));
    const bool no_number =
        columns.of("work_order_no") == nullptr &&
        std::ranges::find(columns.likely, "work_order_no", &ShopColumn::field) == columns.likely.end();
    if (no_number) return journal::Error{"no_header", no_header + "；" + missing};
    if (!missing.empty()) return journal::Error{"missing_columns", missing};
    const auto rows = rows_of(table, *header, answers);
    ShopRepairs out{table.rows[header->at].number, header->columns, {}, rows.skipped, shop_questions(table, answers)};
    for (const auto& group : rows.groups) {
        out.orders.push_back(order_of(table, out.columns, station_id, now, answers, group));
        for (const auto& question : out.orders.back().questions) ask(question, out.questions);
    }
    return out;
}

}  // namespace imloop::station::intake
