// The configuration a station begins with: what the hub puts into a bundle and what joining writes are the same file.
#pragma once

#include <string>
#include <string_view>

namespace imloop::schemas {

/// schemas/station.toml for this station. `name` may hold any text; the other two are as they were checked.
std::string station_toml(std::string_view station_id, std::string_view name, std::string_view hub_url);

}  // namespace imloop::schemas
