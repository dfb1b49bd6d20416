// UUIDv7 (RFC 9562), as records are named. Pure and thread safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "loop/time.hpp"

namespace imloop::loop {

inline constexpr std::size_t uuid7_random_bytes = 10;

/// Of the moment and these bytes, of which 74 bits stand in it. `at` is not before 1970.
std::string uuid7(Moment at, std::span<const std::uint8_t, uuid7_random_bytes> random);
/// In the one form that records have: lower case, with dashes.
bool is_uuid7(std::string_view);
/// The moment in it; 0 where it is none.
Moment moment_of_uuid7(std::string_view);

}  // namespace imloop::loop
