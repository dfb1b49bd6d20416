// The owner's choice of a shop, written down by the inspection station as a `claim`.
#pragma once

#include "station/commands.hpp"

namespace imloop::i_station {

/// `choose`, on the command line.
void add_choose(CLI::App&, station::Context&);
/// Beside a notice, not printed: the shops to choose from.
station::page::Html choice_form(station::page::Site&, const station::page::Request&, const std::string& record_id);
/// `/choose`: leads to the notice again.
station::page::Next chosen(station::page::Site&, const station::page::Request&);

}  // namespace imloop::i_station
