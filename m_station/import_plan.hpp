// A file of shop software as it would be imported now: read with what a person has answered, each order held against
// what this station has saved. The command and the page show and save the same plan, a dry run too.
#pragma once

#include <string_view>
#include <vector>

#include "station/config.hpp"
#include "station/intake/shop/repairs.hpp"
#include "station/outbox.hpp"

namespace imloop::m_station {

enum class Fate {
    fresh,
    there,    ///< saved before with the same content, however precise its times
    changed,  ///< saved before with other content: a correction is needed
    refused,
};

struct ImportPlan {
    station::intake::Table table;
    station::intake::ShopRepairs repairs;  ///< an order's id is that of its record, where there is one
    std::vector<Fate> fates;               ///< of repairs.orders, one each
    std::size_t count(Fate) const;
};

/// `sheet` 0: the first that has orders. Errors: those of read_table and read_shop_repairs.
journal::Result<ImportPlan> plan_import(station::Outbox&, const station::Config&, std::string_view bytes,
                                        std::size_t sheet, const station::intake::ShopAnswers&);

}  // namespace imloop::m_station
