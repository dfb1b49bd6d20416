// Which column of a shop's export is which member of a repair: the names in schemas/tables/shop_columns.json against
// the header, after NFKC and without spaces, punctuation and a unit. Certain is a whole name, alone or with words that
// change nothing (本单, 车辆, another name of the same member); a name inside another word is likely at most, and only
// used where a person says so; one with a word beside it that makes it another thing (预计, 上次, 单价) is not it. Pure
// and thread safe.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "station/intake/shop/questions.hpp"

namespace imloop::station::intake {

struct ShopColumn {
    std::string field;  ///< `code` of the table
    std::size_t index = 0;
    std::string header;  ///< as in the file
    int power = 0;       ///< of ten, from the header's unit to ours: 4 of 万元
};

struct ShopColumns {
    std::vector<ShopColumn> used;         ///< by index; a field at most once, but for those of the order's status
    std::vector<ShopColumn> likely;       ///< of fields that no used column has
    std::vector<std::string> other_unit;  ///< headers whose unit can't be reckoned into ours: not used
    std::vector<std::string> unused;
    std::vector<std::string> personal;  ///< dropped: whose car it is concerns nobody here
    std::vector<ShopQuestion> questions;
    const ShopColumn* of(std::string_view field) const;
};

/// `left_out`: columns that are as if they were not there, by index.
ShopColumns match_columns(const std::vector<std::string>& header, const ShopAnswers& = {},
                          const std::set<std::size_t>& left_out = {});

/// A field as a person knows it, with the names it is found by.
struct ShopField {
    std::string code, zh, en;
    std::vector<std::string> names;
};
const ShopField& shop_field(std::string_view code);

/// Whether a cell says that nothing is there: dashes, 无, 待填, N/A and the like, or what means this in that field.
bool shop_blank(std::string_view text, std::string_view field);
/// Units that may stand after a number of that field and leave it as it is.
const std::vector<std::string>& shop_units(std::string_view field);

}  // namespace imloop::station::intake
