#include "loop/suspects/asking/flag_id.hpp"

#include <fmt/format.h>

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

std::string flag_id_of(const Flag& flag) {
    const std::string key =
        !flag.key.empty()
            ? flag.key
            : fmt::format("{}|{}|{}|{}|{}|{}", flag.claim, flag.records.empty() ? "" : flag.records.front(),
                          flag.records.empty() ? flag.station_id : "", flag.person, flag.other_station_id, flag.county);
    return fmt::format("{}-{:016x}", flag.rule, hash_of(flag.rule + "|" + key));
}

}  // namespace imloop::loop::rules
