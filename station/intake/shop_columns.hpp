// Which column of a shop's export is which member of a repair: the names in schemas/tables/shop_columns.json against
// the header, after NFKC and without spaces, punctuation and a unit in brackets. A whole name goes before a part, a
// long name before a short one, a formal one before the others. Pure and thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace imloop::station::intake {

struct ShopColumn {
    std::string field;  ///< `code` of the table
    std::size_t index = 0;
    std::string header;  ///< as in the file
};

struct ShopColumns {
    std::vector<ShopColumn> used;  ///< by index, a field at most once
    std::vector<std::string> unused;
    std::vector<std::string> personal;  ///< dropped: whose car it is concerns nobody here
    const ShopColumn* of(std::string_view field) const;
};

ShopColumns match_columns(const std::vector<std::string>& header);

/// A field as a person knows it, with the names it is found by.
struct ShopField {
    std::string code, zh, en;
    std::vector<std::string> names;
};
const ShopField& shop_field(std::string_view code);

/// Whether a cell says that nothing is there: dashes, 无, 待填, N/A and the like, or what means this in that field.
bool shop_blank(std::string_view text, std::string_view field);
/// Units that may stand after a number or in a header.
const std::vector<std::string>& shop_units();

}  // namespace imloop::station::intake
