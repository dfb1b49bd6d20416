// How often a secret may be guessed: a bound a minute for each address, and one for all together. Only what is wrong is
// counted, so that nobody shuts out who knows it.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "loop/time.hpp"

namespace imloop::hub {

/// Thread safe.
class Guesses {
public:
    /// Notes a wrong one. False where this address, or all together, have been wrong too often within the last minute:
    /// it is answered 429.
    bool note(const std::string& address, loop::Moment now);

private:
    std::mutex mutex_;
    std::deque<loop::Moment> all_;
    std::map<std::string, std::deque<loop::Moment>> by_address_;
};

}  // namespace imloop::hub
