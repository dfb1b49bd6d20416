// `m_station orders`: the work list on the command line, and taking a vehicle in or giving it back.
#pragma once

#include "station/commands.hpp"

namespace imloop::m_station {

void add_orders(CLI::App&, station::Context&);

}  // namespace imloop::m_station
