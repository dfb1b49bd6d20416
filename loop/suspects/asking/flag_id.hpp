// What names a flag: the same thing found again, even after a rebuild, has the same name, so that an officer's decision
// stays with it.
#pragma once

#include <string>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

std::string flag_id_of(const Flag&);

}  // namespace imloop::loop::rules
