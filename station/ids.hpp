// Ids a station makes, and its clock.
#pragma once

#include <string>
#include <string_view>

#include "loop/time.hpp"

namespace imloop::station {

loop::Moment unix_now();
/// Random UUIDv7 (RFC 9562).
std::string new_uuid7(loop::Moment);
/// The same for the same words: the time of `at`, its random bits from SHA-256 of `seed`.
std::string uuid7_of(loop::Moment at, std::string_view seed);

}  // namespace imloop::station
