// Serves the archive's interface beside a station's service, as its configuration says.
#pragma once

#include <memory>

#include "station/config.hpp"
#include "station/uploading.hpp"

namespace imloop::station::archive {

/// Serves until what is returned goes; nothing where the configuration names no shop.
std::shared_ptr<void> serve(const Config&, Uploading&);

}  // namespace imloop::station::archive
