// `hub policy`: what the loop is judged by, on the command line.
#pragma once

#include "hub/admin/suspects.hpp"

namespace imloop::hub {

void add_policy(CLI::App&, const OnCommand&);

}  // namespace imloop::hub
