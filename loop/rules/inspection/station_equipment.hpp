// What a station's tests and calibrations say of its instruments and programs, tests while it was suspended, and
// instruments in use at two stations.
// Parameters are R11's.
#pragma once

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

Fold station_equipment();

}  // namespace imloop::loop::rules
