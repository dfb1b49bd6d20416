// What was refused, to whom and why: counted for the metrics, and told in the log without filling a disk with it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "loop/time.hpp"

namespace imloop::hub {

/// Thread safe.
class Refusals {
public:
    /// Notes one. How often it came within the hour, where that is to be told: the first time and at every doubling.
    /// Beyond a limit (limits.hpp) sources are told together, as "…".
    std::optional<std::uint64_t> note(const std::string& who, const std::string& code, loop::Moment now);
    std::map<std::string, std::uint64_t> by_code() const;  ///< since the start

private:
    struct Told {
        loop::Moment since = 0;
        std::uint64_t times = 0;
    };
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, Told> told_;  ///< by who and code
    std::map<std::string, std::uint64_t> by_code_;
};

}  // namespace imloop::hub
