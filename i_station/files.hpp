// The page "接入文件": the watched folders, what their files gave, and the mapping of tables.
#pragma once

#include "station/page/site.hpp"

namespace imloop::i_station {

/// `/files` and what is below it.
station::page::Routes files_routes(station::page::Site&);
/// `/files/mapping` and what is below it.
station::page::Routes mapping_routes(station::page::Site&);

/// Watches this folder from now on, in place of what the page said of it before.
void watch_folder(station::page::Site&, station::WatchedFolder);

}  // namespace imloop::i_station
