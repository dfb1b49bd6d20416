// UUIDv7 (RFC 9562) of things the hub itself writes.
#pragma once

#include <string>

#include "loop/time.hpp"

namespace imloop::hub {

/// The clock, for the outermost shell alone.
loop::Moment unix_now();
std::string new_uuid7(loop::Moment now);

}  // namespace imloop::hub
