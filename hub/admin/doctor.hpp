// Looks a hub's data folder over, beside a serving hub or without one. Changes nothing.
#pragma once

#include <filesystem>
#include <vector>

#include "loop/time.hpp"
#include "service/finding.hpp"

namespace imloop::hub {

/// `store`: where it is, if not as the data folder says.
std::vector<service::Finding> examine(const std::filesystem::path& data, const std::string& store, loop::Moment now);

}  // namespace imloop::hub
