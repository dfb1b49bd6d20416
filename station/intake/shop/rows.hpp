// The rows below a shop's header: which belong to one work order, and which are none. Pure.
#pragma once

#include <string>
#include <vector>

#include "station/intake/shop/header.hpp"
#include "station/intake/shop/repairs.hpp"

namespace imloop::station::intake {

struct ShopRows {
    struct Group {
        std::string number;  ///< half width; empty: none
        std::vector<const Row*> rows;
        std::vector<Reason> problems;  ///< of rows that are a column off, hidden, or share an amount with another order
    };
    std::vector<Group> groups;        ///< as they begin in the file
    std::vector<SkippedRow> skipped;  ///< sums, footers and section titles
};

ShopRows rows_of(const Table&, const ShopHeader&, const ShopAnswers&);

}  // namespace imloop::station::intake
