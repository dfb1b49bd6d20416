// The repair form as HTML.
#pragma once

#include "m_station/repair_form.hpp"
#include "station/page/site.hpp"

namespace imloop::m_station {

/// Of a chosen vehicle, with what is typed and what is missing.
station::page::Html order_form(station::page::Site&, const nlohmann::json& order, const Fields&,
                               const std::vector<FieldProblem>&, const station::page::Words&);

/// What the shop's latest repair had and the next one will have again: technician, inspector, warranty.
Fields usual_fields(station::page::Site&);

/// Photos of an order until it is submitted, then of the record; nothing for a name that is no id.
std::optional<std::filesystem::path> photo_folder(const station::Config&, const std::string& id);

}  // namespace imloop::m_station
