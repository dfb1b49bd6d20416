// The page "接入文件": the watched folders, what their files gave, and the mapping of tables.
#pragma once

#include "station/page/site.hpp"

namespace imloop::i_station {

/// `/files` and what is below it; nothing for other paths.
std::optional<station::page::Answer> files_pages(station::page::Site&, const station::page::Request&,
                                                 const std::vector<station::page::Tab>&);

/// `/files/mapping` and what is below it.
std::optional<station::page::Answer> mapping_pages(station::page::Site&, const station::page::Request&,
                                                   const std::vector<station::page::Tab>&);

/// Watches this folder from now on, in place of what the page said of it before.
void watch_folder(station::page::Site&, station::WatchedFolder);

}  // namespace imloop::i_station
