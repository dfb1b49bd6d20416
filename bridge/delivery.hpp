// Where lines of the feed go: a file a day in a folder, or a POST to a URL.
#pragma once

#include <functional>
#include <string>

#include "station/config.hpp"

namespace imloop::bridge {

/// Takes lines of NDJSON and returns when they are durable there, or taken with 2xx; throws std::runtime_error where
/// they are not.
using Delivery = std::function<void(const std::string& lines)>;
Delivery delivery_of(const station::Config&);

}  // namespace imloop::bridge
