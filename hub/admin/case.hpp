// `hub case`: the ledger of problems, on the command line.
#pragma once

#include "hub/admin/suspects.hpp"

namespace imloop::hub {

void add_case(CLI::App&, const OnCommand&);

}  // namespace imloop::hub
