// Posted prices: the list in force, and the page that changes it.
#pragma once

#include "station/page/site.hpp"

namespace imloop::m_station {

/// {items, parts}: what this PC posted last, or what the hub has where that is later. May be empty, never null.
nlohmann::json prices_in_force(station::page::Site&);
station::page::Html prices_page(station::page::Site&, const station::page::Request&);
/// `/prices`: a new list where something was changed, else what is wrong, beside its field.
station::page::Next prices_asked(station::page::Site&, const station::page::Request&);

}  // namespace imloop::m_station
