// What shops' words mean in codes of records, by schemas/tables/shop_words.json and repair_items.json. Pure and thread
// safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imloop::station::intake {

struct RepairItem {
    std::string code, system;
};
/// Of the word that stands first in the name, of several there the longest; the table's code for all else where there
/// is none.
RepairItem repair_item(std::string_view name);

/// A word that has no code stays as it is; nothing where it is one that software puts in by itself.
std::optional<std::string> part_origin(std::string_view word);

/// A code of the table, or a word for it; nothing where it is neither.
std::optional<std::string> plate_kind(std::string_view word);
std::optional<std::string> plate_color(std::string_view word);
std::optional<std::string> fuel(std::string_view word);

bool says_yes(std::string_view word);

/// What the status of an order says of the repair.
enum class OrderState { finished, unfinished, withdrawn, unknown };
OrderState order_state(std::string_view word);
/// Of a column that asks: 是否结算, 是否作废. Unknown where it says neither yes nor no.
OrderState settled_state(std::string_view yes_or_no);
OrderState void_state(std::string_view yes_or_no);

/// 合计, 小计：, 总计(元), 共3单 and the like: a sum of rows, no order.
bool says_sum(std::string_view cell);
/// 制表人：, 打印日期 and the like: what stands under a table.
bool says_footer(std::string_view cell);

}  // namespace imloop::station::intake
