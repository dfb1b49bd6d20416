#include "station/intake/shop_repairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "loop/admission.hpp"
#include "station/intake/shop_order.hpp"
#include "station/intake/shop_values.hpp"
#include "station/intake/shop_words.hpp"

namespace imloop::station::intake {
namespace {

/// Titles and the shop's name may stand above the header.
constexpr std::size_t header_within_rows = 30, header_fields_least = 3;

struct Header {
    std::size_t at = 0;  ///< index of the row
    ShopColumns columns;
};

std::optional<Header> find_header(const Table& table) {
    std::optional<Header> best;
    for (std::size_t i = 0; i < std::min(header_within_rows, table.rows.size()); ++i) {
        auto columns = match_columns(table.rows[i].cells);
        if (columns.of("work_order_no") == nullptr || columns.used.size() < header_fields_least) continue;
        if (!best || columns.used.size() > best->columns.used.size()) best = Header{i, std::move(columns)};
    }
    return best;
}

std::string missing_fields(const ShopColumns& columns, bool bridge) {
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
    if (!has("plate") && !has("vin") && !has("plate_or_vin")) miss("plate_or_vin");
    for (const auto* field : {"received_at", "settled_at", "item_name", "total_fee"})
        if (!has(field) && !(bridge && field == std::string_view("total_fee"))) miss(field);
    return zh.empty() ? "" : "缺少列：" + zh + " / columns are missing: " + en;
}

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
            to.push_back({order.rows.front(), column == nullptr ? "" : column->header, p.code, p.zh, p.en});
        }
    };
    add(admitted.problems, order.problems);
    add(admitted.warnings, order.notes);
    if (!order.problems.empty()) order.line.clear(), order.record_id.clear();
}

struct Group {
    std::string number;
    std::vector<const Row*> rows;
};

bool is_sum(const Row& row) {
    const auto first = std::ranges::find_if(row.cells, [](const std::string& cell) { return !tidy(cell).empty(); });
    return first != row.cells.end() && says_sum(tidy(*first));
}

/// A row without number and without anything that names an order: more items or parts of the order above it.
bool goes_on(const Row& row, const ShopColumns& columns) {
    constexpr const char* naming[] = {"plate", "vin", "plate_or_vin", "received_at", "settled_at", "total_fee"};
    const auto blank = [&](const char* field) { return shop_cell(row, columns, field).empty(); };
    return std::ranges::all_of(naming, blank) && (!blank("item_name") || !blank("part_name"));
}

std::vector<Group> groups_of(const Table& table, const Header& header) {
    std::vector<Group> out;
    std::map<std::string, std::size_t> by_number;
    const auto* column = header.columns.of("work_order_no");
    std::optional<std::size_t> above;
    for (std::size_t i = header.at + 1; i < table.rows.size(); ++i) {
        const auto& row = table.rows[i];
        const auto number = half_width(shop_cell(row, header.columns, "work_order_no"));
        const bool repeated_header = number == half_width(column->header);
        const bool nothing = std::ranges::all_of(
            header.columns.used, [&](const ShopColumn& c) { return shop_cell(row, header.columns, c.field).empty(); });
        if (repeated_header || nothing || is_sum(row)) {
            above.reset();
        } else if (number.empty() && above && goes_on(row, header.columns)) {
            out[*above].rows.push_back(&row);
        } else if (number.empty() || scientific(number)) {
            out.push_back({number, {&row}});
            above.reset();
        } else {
            const auto [at, is_new] = by_number.emplace(number, out.size());
            if (is_new) out.push_back({number, {}});
            out[at->second].rows.push_back(&row);
            above = at->second;
        }
    }
    return out;
}

}  // namespace

journal::Result<ShopRepairs> read_shop_repairs(const Table& table, const std::string& station_id, loop::Moment now) {
    const auto header = find_header(table);
    if (!header)
        return journal::Error{
            "no_header",
            "找不到表头：表里要有工单号（结算清单编号、工单号…）一列 / no header was found: one column "
            "must be the work order number"};
    if (auto missing = missing_fields(header->columns, station_id.starts_with('B')); !missing.empty())
        return journal::Error{"missing_columns", missing};
    ShopRepairs out{table.rows[header->at].number, header->columns, {}};
    for (const auto& group : groups_of(table, *header)) {
        ShopOrder order;
        order.work_order_no = group.number;
        for (const auto* row : group.rows) order.rows.push_back(row->number);
        if (group.number.empty()) {
            order.problems.push_back({order.rows.front(), out.columns.of("work_order_no")->header, "missing",
                                      "没有填，请补上", "is blank, fill it in"});
        } else {
            read_shop_order(table, out.columns, station_id, group.rows, order);
            if (order.problems.empty()) admit(station_id, now, out.columns, order);
        }
        out.orders.push_back(std::move(order));
    }
    return out;
}

}  // namespace imloop::station::intake
