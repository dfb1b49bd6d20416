#include "loop/suspects/asking/flag_id.hpp"

#include <fmt/format.h>

#include "loop/rules/hash.hpp"

namespace imloop::loop::rules {

std::string flag_id_of(const Flag& flag) {
    const std::string key =
        !flag.key.empty()
            ? flag.key
            : fmt::format("{}|{}|{}|{}|{}|{}", flag.claim, flag.records.empty() ? "" : flag.records.front(),
                          flag.records.empty() ? flag.station_id : "", flag.person, flag.other_station_id, flag.county);
    return fmt::format("{}-{:016x}", flag.rule, hash_of(flag.rule + "|" + key));
}

}  // namespace imloop::loop::rules
