#include "station/intake/shop/work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "station/intake/outcome/fields.hpp"
#include "station/intake/shop/words.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::size_t name_most = 200;
/// More hours for one item are a price in the wrong column.
constexpr double hours_most = 200;

/// `1、更换氧传感器；2、清洗节气门` and its kin, one by one. What stands in brackets stays together.
std::vector<std::string> listed(const std::string& text) {
    std::vector<std::string> out;
    std::string piece;
    int depth = 0;
    const auto end = [&] {
        piece = tidy(piece);
        auto first = piece.find_first_not_of("0123456789");
        if (first != std::string::npos && first > 0 && (piece[first] == '.' || piece[first] == ')'))
            piece = tidy(piece.substr(first + 1));
        first = piece.find_first_not_of("0123456789 ");
        if (first != std::string::npos) out.push_back(piece);
        piece.clear();
    };
    for (std::size_t i = 0; i < text.size();) {
        std::size_t size = 1;
        while (i + size < text.size() && (text[i + size] & 0xC0) == 0x80) ++size;
        const auto c = std::string_view(text).substr(i, size);
        if (c == "(" || c == "（") ++depth;
        if (c == ")" || c == "）") --depth;
        const bool separates = c == "、" || c == "；" || c == ";" || c == "\n" || c == "，" || c == ",";
        if (separates && depth <= 0)
            end();
        else
            piece += c;
        i += size;
    }
    end();
    return out;
}

/// Things of one sort, as all rows say them and each but once, with what they cost.
struct Things {
    Json each = Json::array(), once = Json::array();
    std::int64_t cents_each = 0, cents_once = 0;
    std::set<std::string> seen;

    void add(const Json& one, std::int64_t cents) {
        each.push_back(one);
        cents_each += cents;
        if (!seen.insert(one.dump()).second) return;
        once.push_back(one);
        cents_once += cents;
    }
    bool repeat() const { return each.size() > once.size(); }
};

/// -1, −1, (1), as programs write what went back to the store.
bool is_given_back(std::string_view quantity) {
    const auto text = half_width(quantity);
    const auto is_negative = text.starts_with('-') || text.starts_with("−") || text.starts_with('(');
    return is_negative && text.find_first_of("123456789") != std::string::npos;
}

class Work {
public:
    explicit Work(ShopReading& reading) : reading_(reading) {}

    ShopWork read(std::optional<std::int64_t> total) {
        std::set<std::string> seen;
        for (const auto* row : reading_.rows) {
            const auto before = items_.each.size() + parts_.each.size();
            read_items(*row);
            read_parts(*row);
            const bool says_something = items_.each.size() + parts_.each.size() > before;
            if (says_something && !seen.insert(as_written(*row)).second) equal_rows_.push_back(row);
        }
        if (!items_.repeat() && !parts_.repeat()) return {items_.once, parts_.once};
        if (const auto by_sum = as_total_says(total)) return *by_sum;
        return equal_rows_.empty() ? ShopWork{items_.once, parts_.once} : as_answered();
    }

private:
    std::string as_written(const Row& row) const {
        std::string out;
        for (const auto& column : reading_.columns.used) out += shop_cell(row, column) + '\n';
        return out;
    }

    std::optional<ShopWork> as_total_says(std::optional<std::int64_t> total) const {
        if (!total || items_.cents_each + parts_.cents_each == items_.cents_once + parts_.cents_once)
            return std::nullopt;
        if (*total == items_.cents_each + parts_.cents_each) return ShopWork{items_.each, parts_.each};
        if (*total == items_.cents_once + parts_.cents_once) return ShopWork{items_.once, parts_.once};
        if (*total == items_.cents_once + parts_.cents_each) return ShopWork{items_.once, parts_.each};
        if (*total == items_.cents_each + parts_.cents_once) return ShopWork{items_.each, parts_.once};
        return std::nullopt;
    }

    ShopWork as_answered() {
        if (!reading_.out.problems.empty()) return {items_.once, parts_.once};
        const auto& order = reading_.out.work_order_no;
        const auto count = equal_rows_.size() + 1;
        const ShopQuestion question{
            "equal:" + order,
            fmt::format("工单 {} 的第 {} 行等几行完全一样，是做了几次，还是重复导出？", order,
                        equal_rows_.front()->number),
            fmt::format("Rows of order {} are equal (row {} …): was it done as often, or is it one row that was "
                        "exported again?",
                        order, equal_rows_.front()->number),
            {{"wait", "先不导入", "Don't import yet"},
             {"each", "每行各算一次", "Each row counts"},
             {"once", "只算一次", "They count once"}}};
        reading_.out.questions.push_back(question);
        const auto answer = answer_to(question, reading_.answers);
        if (answer == "each") return {items_.each, parts_.each};
        if (answer == "wait")
            reading_.problem(*equal_rows_.front(), "item_name", "equal_rows",
                             fmt::format("与前面的行完全一样（共 {} 行），金额合计也看不出是几次；请写明数量，或回答"
                                         "“每行各算一次 / 只算一次”",
                                         count),
                             fmt::format("equals a row above ({} such rows), and the total does not say how often it "
                                         "was done; give the quantity, or answer whether each counts",
                                         count));
        return {items_.once, parts_.once};
    }

    void read_items(const Row& row) {
        const auto text = reading_.cell(row, "item_name");
        if (is_formula(text) || is_spoilt(text)) {
            reading_.refuse(row, "item_name", ShopReading::Kind::word, text);
            return;
        }
        const auto names = listed(text);
        for (const auto& name : names) {
            const auto known = repair_item(name);
            Json item = {{"code", known.code},
                         {"system", known.system},
                         {"name", reading_.shorter("item_name", name, name_most)}};
            std::int64_t cents = 0;
            if (names.size() == 1) {
                put_hours(item, row);
                cents = put_cents(item, "labour_fee", row, "labour_fee", "item_name");
            }
            items_.add(item, cents);
        }
        if (names.size() > 1 && !(reading_.cell(row, "labour_hours") + reading_.cell(row, "labour_fee")).empty())
            reading_.note(row, "item_name", "left_out", "一格里有几个项目，工时和工时费没有分到各项",
                          "several items in one cell: hours and fee belong to no single one and are left out");
    }

    void read_parts(const Row& row) {
        const auto text = reading_.words(row, "part_name");
        if (text.empty() || !is_fitted(row)) return;
        std::string details;
        for (const auto* field : {"part_no", "part_brand", "part_quantity", "part_unit_price"})
            details += reading_.cell(row, field);
        for (const auto& name : details.empty() ? listed(text) : std::vector{text}) {
            Json part = {{"name", reading_.shorter("part_name", name, name_most)}};
            const auto cents = put_part_details(part, row);
            parts_.add(part, cents);
        }
    }

    bool is_fitted(const Row& row) {
        const auto text = reading_.cell(row, "part_quantity");
        if (is_given_back(text)) {
            reading_.problem(row, "part_quantity", "part_given_back",
                             fmt::format("数量是 {}：退回的配件没有换上；请去掉这一行和它对应的领用行", text),
                             fmt::format("is {}: a part given back was not fitted; take this row and the one it "
                                         "belongs to out",
                                         text));
            return false;
        }
        const auto quantity = shop_number(text, "part_quantity", reading_.power("part_quantity"));
        if (quantity != 0) return true;
        reading_.note(row, "part_quantity", "left_out", "数量是 0，这个配件不写入记录",
                      "is 0: the part is left out of the record");
        return false;
    }

    std::int64_t put_cents(Json& to, const char* member, const Row& row, const char* field, const char* name) {
        const auto text = reading_.amount(row, field, name);
        if (text.empty()) return 0;
        const auto cents = shop_cents(text, reading_.power(field));
        if (cents)
            to[member] = shop_yuan(*cents);
        else
            reading_.left_out(row, field, text);
        return cents.value_or(0);
    }

    void put_hours(Json& item, const Row& row) {
        const auto text = reading_.amount(row, "labour_hours", "item_name");
        if (text.empty()) return;
        const auto hours = shop_number(text, "labour_hours", reading_.power("labour_hours"));
        if (hours && *hours <= hours_most)
            item["labour_hours"] = json_number(*hours);
        else
            reading_.left_out(row, "labour_hours", text);
    }

    /// Gives what it cost.
    std::int64_t put_part_details(Json& part, const Row& row) {
        if (const auto number = reading_.cell(row, "part_no"); !number.empty()) {
            if (is_formula(number) || loop::judge_number(number).fit == loop::Fit::refused)
                reading_.left_out(row, "part_no", number);
            else
                part["part_no"] = number;
        }
        if (const auto brand = reading_.words(row, "part_brand"); !brand.empty()) part["brand"] = brand;
        std::optional<std::string> origin;
        if (const auto word = reading_.words(row, "part_origin"); !word.empty()) origin = part_origin(word);
        if (says_yes(reading_.cell(row, "part_owner_supplied"))) origin = "owner_supplied";
        if (origin) part["origin"] = *origin;
        std::optional<double> quantity;
        if (const auto text = reading_.amount(row, "part_quantity", "part_name"); !text.empty()) {
            quantity = shop_number(text, "part_quantity", reading_.power("part_quantity"));
            if (quantity)
                part["quantity"] = json_number(*quantity);
            else
                reading_.left_out(row, "part_quantity", text);
        }
        const auto price = put_cents(part, "unit_price", row, "part_unit_price", "part_name");
        return std::llround(static_cast<double>(price) * quantity.value_or(1));
    }

    ShopReading& reading_;
    Things items_, parts_;
    std::vector<const Row*> equal_rows_;  ///< each that says what one above it says
};

}  // namespace

Json shop_yuan(std::int64_t cents) {
    if (cents % 100 == 0) return cents / 100;
    return static_cast<double>(cents) / 100;
}

ShopWork read_work(ShopReading& reading, std::optional<std::int64_t> total_cents) {
    return Work(reading).read(total_cents);
}

}  // namespace imloop::station::intake
