// Reads equipment files into the outbox.
#pragma once

#include <CLI/CLI.hpp>

#include "station/commands.hpp"

namespace imloop::i_station {

void add_ingest(CLI::App&, station::Context&);

}  // namespace imloop::i_station
