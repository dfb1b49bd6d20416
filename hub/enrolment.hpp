// How often a code may be tried: a bound a minute for each address, and one for all together.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "loop/time.hpp"

namespace imloop::hub {

/// Thread safe.
class Attempts {
public:
    /// False where this address, or all together, have tried too often within the last minute.
    bool allow(const std::string& address, loop::Moment now);

private:
    std::mutex mutex_;
    std::deque<loop::Moment> all_;
    std::map<std::string, std::deque<loop::Moment>> by_address_;
};

}  // namespace imloop::hub
