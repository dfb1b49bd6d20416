// What a hub's data folder says of its health, without a look into the store. Changes nothing. Thread safe.
#pragma once

#include <filesystem>
#include <vector>

#include "loop/time.hpp"
#include "service/finding.hpp"

namespace imloop::hub {

/// Its keys, certificates and disk.
std::vector<service::Finding> health_of_folder(const std::filesystem::path& data, loop::Moment now);

}  // namespace imloop::hub
