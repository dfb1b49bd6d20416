// `hub draw`: random inspection, on the command line.
#pragma once

#include "hub/admin/suspects.hpp"

namespace imloop::hub {

void add_draw(CLI::App&, const OnCommand&);

}  // namespace imloop::hub
