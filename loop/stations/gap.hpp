// The gap above the limit: first tests whose worst reading fails, against what each station's own readings below the
// limit foretell (loop/statistics/tilt.hpp), by method and fuel.
#pragma once

#include "loop/stations/measured.hpp"

namespace imloop::loop::stations {

Figures gaps_above_limit(const Tallies&, const Window&, double expected_min);

}  // namespace imloop::loop::stations
