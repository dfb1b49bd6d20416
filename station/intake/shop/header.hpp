// Where the orders of a file are: its sheet, its header and what is hidden. Pure.
#pragma once

#include <optional>

#include "station/intake/formats/table.hpp"
#include "station/intake/shop/columns.hpp"

namespace imloop::station::intake {

struct ShopHeader {
    std::size_t at = 0;  ///< index of its row
    ShopColumns columns;
};

/// Titles may stand above it. Hidden columns are left out but where a person wants them.
std::optional<ShopHeader> find_shop_header(const Table&, const ShopAnswers& = {});

/// Which columns that a repair needs are not there, in zh and English, with those that are likely; empty where none is
/// missing. `bridge`: the total fee may be.
std::string missing_columns(const ShopColumns&, bool bridge);

/// What is hidden behind the header; nothing where nothing is.
std::optional<ShopQuestion> hidden_question(const Table&, const ShopHeader&);
/// Whether a person wants what is hidden.
bool with_hidden(const ShopAnswers&);

/// `sheet` 0: the first to be seen that has a header, else the first; else as in read_table.
journal::Result<Table> read_shop_table(std::string_view bytes, std::size_t sheet = 0);

}  // namespace imloop::station::intake
