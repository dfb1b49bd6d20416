// A record's own words, out of the line that holds them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "hub/readers.hpp"

namespace imloop::hub {

/// The record as it counts today: its own line's words, or those of a correction; null where it has none, empty where
/// the segment that holds them is damaged.
nlohmann::json words_of(Reader&, const std::string& record_id);
/// Those of these members that it has.
nlohmann::json copied(const nlohmann::json& from, std::initializer_list<const char*> names);

}  // namespace imloop::hub
