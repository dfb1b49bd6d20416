// `hub console …` and `hub audit …`.
#pragma once

#include <CLI/CLI.hpp>

#include "hub/admin/station_commands.hpp"

namespace imloop::hub {

void add_console(CLI::App&, const OnCommand&);

}  // namespace imloop::hub
