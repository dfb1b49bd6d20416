// JSON within the bounds of what writes it here. What comes from outside otherwise is read by loop/json.hpp. Pure and
// thread safe.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace imloop::journal {

/// Headers, seals and receipts nest five levels at most.
inline constexpr int levels_max = 8;
/// Discarded where it is no JSON; what is nested deeper than `levels_max` is left out, so that no document is deep.
nlohmann::json parse_shallow(std::string_view text);

// Of text that one of these programs wrote and keeps. Here alone, since each file that has a parser of its own costs
// its compiler a second.
/// Throws nlohmann::json::parse_error.
nlohmann::json parsed(std::string_view text);
/// Discarded where it is no JSON.
nlohmann::json parsed_or_discarded(std::string_view text);

}  // namespace imloop::journal
