// What names a flag: the same thing found again, even after a rebuild, has the same name, so that an officer's decision
// stays with it. No secret and no proof: 64 bits of FNV-1a (Fowler, Noll, Vo).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

std::uint64_t hash_of(std::string_view text);
/// The same in 32 bits.
std::uint32_t short_hash_of(std::string_view text);
std::string flag_id_of(const Flag&);

}  // namespace imloop::loop::rules
