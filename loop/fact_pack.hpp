// A fact as one compact string, for holding very many of them: in memory and in rows of projections, never sent.
#pragma once

#include <string>
#include <string_view>

#include "loop/fact.hpp"

namespace imloop::loop {

std::string pack(const Fact&);
/// Takes what `pack` made.
Fact unpack(std::string_view);

}  // namespace imloop::loop
