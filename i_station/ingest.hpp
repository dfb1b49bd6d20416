// Reads equipment files and tables of tests into the outbox.
#pragma once

#include <CLI/CLI.hpp>

#include "station/commands.hpp"

namespace imloop::i_station {

void add_ingest(CLI::App&, station::Context&);
/// Writes a first mapping for a table.
void add_mapping(CLI::App&);

}  // namespace imloop::i_station
