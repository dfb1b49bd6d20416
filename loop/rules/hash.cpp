#include "loop/rules/hash.hpp"

namespace imloop::loop::rules {

std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return hash;
}

std::uint32_t short_hash_of(std::string_view text) {
    const auto whole = hash_of(text);
    return static_cast<std::uint32_t>(whole ^ whole >> 32U);
}

}  // namespace imloop::loop::rules
