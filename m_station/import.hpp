// `m_station import`: repairs out of a file of shop software, shown first, saved after a yes.
#pragma once

#include "station/commands.hpp"

namespace imloop::m_station {

void add_import(CLI::App&, station::Context&);

}  // namespace imloop::m_station
