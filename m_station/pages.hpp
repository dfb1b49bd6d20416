// The repair shop's local pages: vehicles to repair with the form, what is done and how it ended, posted prices,
// status.
#pragma once

#include "station/page/site.hpp"

namespace imloop::m_station {

station::page::Routes pages(station::page::Site&);

/// The work list, and beside it the form of the vehicle that is chosen.
station::page::Html orders_page(station::page::Site&, const station::page::Request&);
/// `/scan`: a notice's code, a VIN or a plate leads to the vehicle's form; a notice that is on no list is taken in.
station::page::Next scanned(station::page::Site&, const station::page::Request&);
/// Takes a vehicle in or gives it back, as a claim.
station::page::Next claimed(station::page::Site&, const station::page::Request&);
/// `/draft`: what is typed, on this PC's disk; 409 where it is not kept, with the reason.
station::page::Answer draft_saved(station::page::Site&, const station::page::Request&);
station::page::Next draft_dropped(station::page::Site&, const station::page::Request&);
/// `/photos`: files that are added to the form or taken off it.
station::page::Next photos_kept(station::page::Site&, const station::page::Request&);
/// `/repair`: the record, or the form again with what is missing. A form is one record, however often it is sent.
station::page::Next submitted(station::page::Site&, const station::page::Request&);
station::page::Html done_page(station::page::Site&, const station::page::Request&);
std::optional<station::page::Html> settlement_list(station::page::Site&, const station::page::Request&);

}  // namespace imloop::m_station
