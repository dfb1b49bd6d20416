// What the rows of one work order say of a field, with what is wrong or worth a look named by row and column.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/written/judgement.hpp"
#include "station/intake/shop/repairs.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {

/// Text of a cell; empty where there is none or it says that nothing is there.
std::string shop_cell(const Row&, const ShopColumns&, std::string_view field);
std::string shop_cell(const Row&, const ShopColumn&);
/// An error word of the spreadsheet, or a text of which a character is damaged.
bool is_spoilt(std::string_view text);

class ShopReading {
public:
    ShopReading(const Table& of_table, const ShopColumns& of_columns, const std::vector<const Row*>& of_rows,
                const ShopAnswers& answered, ShopOrder& order)
        : table(of_table), columns(of_columns), rows(of_rows), answers(answered), out(order) {}

    enum class Kind { time, money, word };
    struct Said {
        const Row* row;
        std::string text;
    };

    std::string cell(const Row& row, std::string_view field) const { return shop_cell(row, columns, field); }
    /// Of an amount that is merged over rows whose `name` differs: empty, and said once.
    std::string amount(const Row&, std::string_view field, std::string_view name);
    int power(std::string_view field) const;

    void problem(const Row&, std::string_view field, std::string_view code, const std::string& zh,
                 const std::string& en);
    void note(const Row&, std::string_view field, std::string_view code, const std::string& zh, const std::string& en);
    void left_out(const Row&, std::string_view field, const std::string& text);
    /// Why a text can't be what it is meant to be, as a problem.
    void refuse(const Row&, std::string_view field, Kind, const std::string& text);
    /// Missing, unless something else is already said of its column.
    void need(std::string_view field);

    /// A text that is not spoilt; what is, is left out and said.
    std::string words(const Row&, std::string_view field);
    /// The first row's that has one.
    std::optional<Said> first(std::string_view field) const;
    std::string shorter(std::string_view field, const std::string& text, std::size_t most);

    /// What all rows that have it say; a problem where they differ or one can't be read.
    std::optional<ShopTime> time(std::string_view field);
    std::optional<std::int64_t> cents(std::string_view field);
    /// A number or name by which a thing is found again, judged as at every door; `key`: equal for what is the same.
    std::optional<loop::Judgement> judged(std::string_view field, loop::Judgement (*judge)(std::string_view),
                                          std::string (*key)(std::string_view));
    /// A problem or a note where it is refused or doubtful; whether it may be taken.
    bool take(const Row&, std::string_view field, const loop::Judgement&);

    const Table& table;
    const ShopColumns& columns;
    const std::vector<const Row*>& rows;
    const ShopAnswers& answers;
    ShopOrder& out;

private:
    template <typename T, typename Parse>
    std::optional<T> agreed(std::string_view field, Kind, Parse);
    void differ(const Row&, std::string_view field, const Row& before);
    std::string header(std::string_view field) const;
};

}  // namespace imloop::station::intake
