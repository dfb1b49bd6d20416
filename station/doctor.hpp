// Looks an installation of a station over, from its configuration to the hub's clock. Changes nothing but an outbox of
// an older form, which is brought up to date as by any command, and never throws for what it finds.
#pragma once

#include <filesystem>
#include <vector>

#include "loop/time.hpp"
#include "service/finding.hpp"

namespace imloop::station {

/// In the order a person would mend things; what can't be tried for an earlier fault is left out.
std::vector<service::Finding> examine(const std::filesystem::path& config_file, loop::Moment now);

}  // namespace imloop::station
