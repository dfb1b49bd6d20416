// `hub station`: the register of stations, their certificates and join codes, on the command line.
#pragma once

#include "hub/admin/suspects.hpp"

namespace imloop::hub {

void add_station_commands(CLI::App&, const OnCommand&);

}  // namespace imloop::hub
