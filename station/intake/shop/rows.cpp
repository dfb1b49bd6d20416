#include "station/intake/shop/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <ranges>
#include <set>

#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/vin.hpp"
#include "station/intake/shop/reading.hpp"
#include "station/intake/shop/words.hpp"

namespace imloop::station::intake {
namespace {

constexpr const char* money_fields[] = {"total_fee", "labour_fee", "part_unit_price"};
/// What belongs to one order alone.
constexpr const char* own_fields[] = {"total_fee", "labour_fee", "part_unit_price", "part_quantity", "labour_hours"};
constexpr std::size_t label_most = 12;

class Rows {
public:
    Rows(const Table& table, const ShopHeader& header, const ShopAnswers& answers)
        : table_(table), header_(header), columns_(header.columns), with_hidden_(with_hidden(answers)) {
        for (const auto* field : money_fields)
            if (const auto* column = columns_.of(field)) amounts_.insert(column->index);
    }

    ShopRows read() {
        for (std::size_t i = header_.at + 1; i < table_.rows.size(); ++i) read_row(table_.rows[i]);
        for (const auto& merged : table_.merged)
            for (const auto* field : own_fields)
                if (const auto* column = columns_.of(field); column != nullptr && merged.column == column->index)
                    refuse_shared(merged, *column);
        return std::move(out_);
    }

private:
    std::string cell(const Row& row, std::string_view field) const { return shop_cell(row, columns_, field); }
    bool blank(const Row& row, std::string_view field) const { return cell(row, field).empty(); }
    /// Words of a footer in a vehicle's column (审核：乙) name none.
    bool no_vehicle(const Row& row) const {
        return std::ranges::all_of(std::array{"plate", "vin", "plate_or_vin"}, [&](const char* field) {
            const auto text = cell(row, field);
            return text.empty() || (is_wordy(text) && (says_footer(text) || says_sum(text)));
        });
    }
    static bool is_wordy(const std::string& text) {
        return std::ranges::any_of(text, [](char c) { return (c & 0x80) != 0; });
    }
    /// Neither days nor work, and nothing that could be its number: an order has some of them.
    bool is_bare(const Row& row, const std::string& number) const {
        constexpr const char* of_order[] = {"received_at", "settled_at", "item_name", "part_name"};
        const bool none = std::ranges::all_of(of_order, [&](const char* field) { return blank(row, field); });
        return none && (is_wordy(number) || number.find_first_of("0123456789") == std::string::npos);
    }

    void read_row(const Row& row) {
        const auto* column = columns_.of("work_order_no");
        const auto judged = loop::judge_number(cell(row, "work_order_no"));
        const auto number = half_width(judged.value);
        const bool repeated_header = !number.empty() && number == half_width(column->header);
        const bool nothing =
            std::ranges::all_of(columns_.used, [&](const ShopColumn& c) { return shop_cell(row, c).empty(); });
        const auto none = repeated_header ? std::nullopt : nothing ? elsewhere(row) : label_of(row);
        if (none) out_.skipped.push_back({row.number, *none});
        if (nothing || repeated_header || none) return above_.reset();
        if (number.empty() && above_ && goes_on(row)) return add(*above_, row);
        if (number.empty() || judged.fit == loop::Fit::refused || is_formula(number)) {
            out_.groups.push_back({number, {}, {}});
            add(out_.groups.size() - 1, row);
            return above_.reset();
        }
        auto& same_number = by_number_[number];
        const auto latest_first = same_number | std::views::reverse;
        const auto known = std::ranges::find_if(
            latest_first, [&](std::size_t index) { return !is_another(row, *out_.groups[index].rows.front()); });
        above_ = known == latest_first.end() ? out_.groups.size() : *known;
        if (*above_ == out_.groups.size()) {
            same_number.push_back(*above_);
            out_.groups.push_back({number, {}, {}});
        }
        add(*above_, row);
    }

    /// Another vehicle at another time: a number that was used again. A row that differs in one of them alone is a
    /// contradiction, and named.
    bool is_another(const Row& row, const Row& before) const {
        const auto differs = [&](const char* field, auto normal) {
            const auto now = normal(cell(row, field)), then = normal(cell(before, field));
            return !now.empty() && !then.empty() && now != then;
        };
        const auto as_it_is = [](const std::string& text) { return text; };
        const bool same_vin = !blank(row, "vin") && !blank(before, "vin") && !differs("vin", loop::normal_vin);
        return !same_vin &&
               (differs("plate", loop::normal_plate) || differs("plate_or_vin", loop::normal_plate) ||
                (differs("vin", loop::normal_vin) && columns_.of("plate") == nullptr)) &&
               differs("received_at", as_it_is) && differs("settled_at", as_it_is);
    }

    void add(std::size_t index, const Row& row) {
        auto& group = out_.groups[index];
        group.rows.push_back(&row);
        group_of_[row.number] = index;
        if (const auto shift = columns_shift(table_, table_.rows[header_.at], row, amounts_))
            group.problems.push_back({row.number, {}, "columns_shift", shift->zh, shift->en});
        if (row.hidden && !with_hidden_)
            group.problems.push_back(
                {row.number,
                 {},
                 "hidden",
                 "这一行在表格里是隐藏的，没有导入；要导入请用 --with-hidden，或在页面上选“也导入”",
                 "the row is hidden in the spreadsheet and is not imported; to import it use "
                 "--with-hidden, or choose so on the page"});
    }

    /// More items or parts of the order above: nothing in it names an order.
    bool goes_on(const Row& row) const {
        constexpr const char* naming[] = {"received_at", "settled_at", "total_fee"};
        return no_vehicle(row) && std::ranges::all_of(naming, [&](const char* field) { return blank(row, field); }) &&
               (!blank(row, "item_name") || !blank(row, "part_name"));
    }

    /// A row with texts in columns alone that are not read.
    static std::optional<std::string> elsewhere(const Row& row) {
        const bool empty = std::ranges::all_of(row.cells, [](const std::string& c) { return shop_blank(tidy(c), ""); });
        return empty ? std::nullopt : std::optional(std::string());
    }

    /// What a row that is no order begins with, up to its mark; nothing of an order's row.
    std::optional<std::string> label_of(const Row& row) const {
        std::vector<std::string> texts;
        for (const auto& text : row.cells)
            if (auto plain = tidy(text); !plain.empty()) texts.push_back(std::move(plain));
        if (texts.empty()) return std::nullopt;
        const auto& first = texts.front();
        const auto label = [](const std::string& text) {
            const auto half = half_width(text);
            return shortened(half.substr(0, half.find(':')), label_most);
        };
        if (says_sum(first)) return label(first);
        for (const auto* field : {"work_order_no", "item_name", "part_name"})
            if (const auto text = cell(row, field); says_sum(text)) return label(text);
        if (!no_vehicle(row)) return std::nullopt;
        const auto number = half_width(cell(row, "work_order_no"));
        const bool alone = texts.size() == 1 && is_wordy(first) && blank(row, "item_name") && blank(row, "part_name");
        const bool said = number.find(':') != std::string::npos && blank(row, "item_name");
        if (says_footer(first) || alone || said || is_bare(row, number)) return label(first);
        return std::nullopt;
    }

    void refuse_shared(const MergedCells& merged, const ShopColumn& column) {
        std::set<std::size_t> sharing;
        for (auto at = group_of_.lower_bound(merged.first_row); at != group_of_.upper_bound(merged.last_row); ++at)
            sharing.insert(at->second);
        if (sharing.size() < 2) return;
        std::string numbers;
        for (const auto index : sharing) numbers += (numbers.empty() ? "" : "、") + out_.groups[index].number;
        for (const auto index : sharing) {
            auto& group = out_.groups[index];
            group.problems.push_back(
                {group.rows.front()->number, column.header, "shared_amount",
                 fmt::format("一个金额合并给了 {} 张工单（{}），不知道各是多少；请取消合并，分开填写", sharing.size(),
                             numbers),
                 fmt::format("one amount for {} orders ({}): unmerge the cell and give each its own", sharing.size(),
                             numbers)});
        }
    }

    const Table& table_;
    const ShopHeader& header_;
    const ShopColumns& columns_;
    const bool with_hidden_;
    std::set<std::size_t> amounts_;
    std::map<std::string, std::vector<std::size_t>> by_number_;
    std::map<std::size_t, std::size_t> group_of_;  ///< by the number of the row
    std::optional<std::size_t> above_;
    ShopRows out_;
};

}  // namespace

ShopRows rows_of(const Table& table, const ShopHeader& header, const ShopAnswers& answers) {
    return Rows(table, header, answers).read();
}

}  // namespace imloop::station::intake
