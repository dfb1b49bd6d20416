#include "m_station/import_plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"
#include "station/ids.hpp"
#include "station/intake/shop/header.hpp"
#include "station/numbered.hpp"

namespace imloop::m_station {
namespace {

using station::NumberedRecords;
using station::intake::ShopOrder;

/// The order under the id of the record that it is.
void put_id(ShopOrder& order, const std::string& record_id) {
    if (order.record_id == record_id) return;
    auto record = nlohmann::ordered_json::parse(order.line);
    record["record_id"] = record_id;
    order.record_id = record_id;
    order.line = record.dump();
}

Fate fate_of(NumberedRecords& records, ShopOrder& order) {
    if (!order.problems.empty()) return Fate::refused;
    const auto standing = records.standing(journal::parsed(order.line));
    put_id(order, standing.record_id);
    switch (standing.fate) {
        case NumberedRecords::Fate::fresh:
            return Fate::fresh;
        case NumberedRecords::Fate::there:
            return Fate::there;
        case NumberedRecords::Fate::changed:
            break;
    }
    return Fate::changed;
}

}  // namespace

std::size_t ImportPlan::count(Fate fate) const { return static_cast<std::size_t>(std::ranges::count(fates, fate)); }

journal::Result<ImportPlan> plan_import(station::Outbox& outbox, const station::Config& config, std::string_view bytes,
                                        std::size_t sheet, const station::intake::ShopAnswers& answers) {
    auto table = station::intake::read_shop_table(bytes, sheet);
    if (!table) return table.error();
    auto repairs = station::intake::read_shop_repairs(*table, config.station_id, station::unix_now(), answers);
    if (!repairs) return repairs.error();
    ImportPlan plan{std::move(*table), std::move(*repairs), {}};
    NumberedRecords records(outbox);
    for (auto& order : plan.repairs.orders) plan.fates.push_back(fate_of(records, order));
    return plan;
}

}  // namespace imloop::m_station
