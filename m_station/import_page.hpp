// 批量导入: a table of shop software on the page. Shown row by row first; nothing is written until the button is
// pressed.
#pragma once

#include "station/page/site.hpp"

namespace imloop::m_station {

/// `/import` and below; nothing for other paths.
std::optional<station::page::Answer> import_pages(station::page::Site&, const station::page::Request&,
                                                  const std::vector<station::page::Tab>&);

}  // namespace imloop::m_station
