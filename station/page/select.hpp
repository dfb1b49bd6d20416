// The one way options of a select are written.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "station/page/html.hpp"

namespace imloop::station::page {

/// Codes with their words.
using Choices = std::vector<std::pair<std::string, std::string>>;
/// Of a code table, in its order.
Choices choices_of(const char* table, const Language&);
/// The options of a select. `none` is what an empty value says. `chosen` stands among them, whatever it is: what is
/// sent back is what is there.
Html options(const Choices&, const std::string& chosen, std::string_view none);

}  // namespace imloop::station::page
