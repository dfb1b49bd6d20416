// The repair shop's local pages: vehicles to repair with the form, what is done and how it ended, posted prices,
// status.
#pragma once

#include "station/page/site.hpp"

namespace imloop::m_station {

station::page::Answer pages(station::page::Site&, const station::page::Request&);

/// What stands above the work list after an action.
struct Told {
    station::page::Tone tone = station::page::Tone::good;
    std::string text;
};
station::page::Html orders_page(station::page::Site&, const station::page::Request&, const std::string& episode,
                                const std::optional<Told>&);
/// A scanned notice (failed record's id) or a typed plate: the vehicle's form; an id that is on no list is taken in.
station::page::Html scanned(station::page::Site&, const station::page::Request&);
/// Takes a vehicle in or gives it back, as a claim.
station::page::Html claimed(station::page::Site&, const station::page::Request&);
/// `/draft`: what is typed, on this PC's disk.
station::page::Answer draft_saved(station::page::Site&, const station::page::Request&);
/// `/photos`: files that are added to the form or taken off it; what was not added and why.
std::optional<Told> photos_kept(station::page::Site&, const station::page::Request&);
/// `/repair`: the record, or the form again with what is missing.
station::page::Answer submitted(station::page::Site&, const station::page::Request&,
                                const std::vector<station::page::Tab>&);
station::page::Html done_page(station::page::Site&, const station::page::Request&);
std::optional<station::page::Html> settlement_list(station::page::Site&, const station::page::Request&);
station::page::Html prices_page(station::page::Site&, const station::page::Request&);

}  // namespace imloop::m_station
