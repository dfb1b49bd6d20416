// Views over the typed rows, for analysts' tools: no plate, no VIN, nothing to write to.
#pragma once

#include <string>

#include "engine/engine.hpp"

namespace imloop::hub {

/// Makes them, or makes them anew over tables that have just taken the place of others.
void make_views(engine::Connection&);
/// Changes when their words do.
std::string form_of_views();

}  // namespace imloop::hub
