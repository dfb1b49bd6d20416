// 批量导入: a table of shop software on the page. Shown row by row first; nothing is written until the button is
// pressed.
#pragma once

#include "station/page/site.hpp"

namespace imloop::m_station {

/// `/import` and below.
station::page::Routes import_routes(station::page::Site&);

}  // namespace imloop::m_station
