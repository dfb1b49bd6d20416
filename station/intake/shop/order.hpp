// One work order's rows to one repair record. Pure.
#pragma once

#include "station/intake/shop/repairs.hpp"

namespace imloop::station::intake {

/// Not admitted yet; `out` gets the problems, notes and questions, and the record's line and id where there are no
/// problems.
void read_shop_order(const Table&, const ShopColumns&, const std::string& station_id,
                     const std::vector<const Row*>& rows, const ShopAnswers&, ShopOrder& out);

}  // namespace imloop::station::intake
