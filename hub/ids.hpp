// UUIDv7 (RFC 9562) of things the hub itself writes, and secrets.
#pragma once

#include <string>

#include "loop/time.hpp"

namespace imloop::hub {

/// The clock, for the outermost shell alone.
loop::Moment unix_now();
std::string new_uuid7(loop::Moment now);
/// 256 random bits, base64url.
std::string new_token();

}  // namespace imloop::hub
