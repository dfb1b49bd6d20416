// The inspection station's local pages: status, retest gate, failed vehicles with their notices, settings.
#pragma once

#include "station/page/site.hpp"

namespace imloop::i_station {

station::page::Routes pages(station::page::Site&);

/// Tests that failed today, of the latest 200 records.
std::size_t failed_today(station::page::Site&);
station::page::Html failed_vehicles(station::page::Site&, const station::page::Request&);
/// The notice on one A4 page; nothing where this station has no such failed test that counts.
std::optional<station::page::Html> notice(station::page::Site&, const station::page::Request&);

}  // namespace imloop::i_station
