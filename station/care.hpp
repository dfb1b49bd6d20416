// What an operator asks about an installation: `config check`, `config show`, `doctor`.
#pragma once

#include "station/commands.hpp"

namespace imloop::station {

void add_care_commands(CLI::App&, Context&);

}  // namespace imloop::station
