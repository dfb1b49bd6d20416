// Asks the hub, before a retest, whether the vehicle has been repaired.
#pragma once

#include <CLI/CLI.hpp>

#include "station/commands.hpp"

namespace imloop::i_station {

void add_clearance(CLI::App&, station::Context&);

}  // namespace imloop::i_station
