// Short names for long texts: 64 bits of FNV-1a (Fowler, Noll, Vo), no secret and no proof.
#pragma once

#include <cstdint>
#include <string_view>

namespace imloop::loop::rules {

std::uint64_t hash_of(std::string_view text);
/// The same in 32 bits.
std::uint32_t short_hash_of(std::string_view text);

}  // namespace imloop::loop::rules
