// The shop's posted prices as a form changes them. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "m_station/repair_form.hpp"

namespace imloop::m_station {

/// What a price list says of a row of the tables `repair_items` and `parts`, as `320.00`; empty where it has no price.
std::string price_text(const nlohmann::json& list, const std::string& code);

struct Prices {
    nlohmann::json list;  ///< {items, parts}, as a price_list record has them
    FieldProblems problems;
    bool is_changed = false;
};
/// `in_force`: {items, parts}. The form has a field a code and, as `was`, what stood in each when it was made: what was
/// not touched stays as it is in force, as do rows that the tables do not know; an emptied field takes its row away.
Prices with_typed_prices(const nlohmann::json& in_force, const Fields&, const station::page::Language&);
/// For `was`.
nlohmann::json shown_prices(const nlohmann::json& list);

}  // namespace imloop::m_station
