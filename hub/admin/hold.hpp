// `hub hold`: results that wait for an officer, on the command line.
#pragma once

#include "hub/admin/suspects.hpp"

namespace imloop::hub {

void add_hold(CLI::App&, const OnCommand&);

}  // namespace imloop::hub
