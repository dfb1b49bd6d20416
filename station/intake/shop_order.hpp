// One work order's rows to one repair record. Pure.
#pragma once

#include "station/intake/shop_repairs.hpp"

namespace imloop::station::intake {

/// Text of a cell; empty where there is none or it says that nothing is there.
std::string shop_cell(const Row&, const ShopColumns&, std::string_view field);

/// Not admitted yet; `out` gets the problems and notes, and the record's line and id where there are no problems.
void read_shop_order(const Table&, const ShopColumns&, const std::string& station_id,
                     const std::vector<const Row*>& rows, ShopOrder& out);

}  // namespace imloop::station::intake
