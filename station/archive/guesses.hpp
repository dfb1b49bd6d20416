// How often a password may be guessed: so many wrong ones a minute for one company's code from one address. Who is
// beyond that waits, whatever is sent. Pure but for what it remembers; not thread safe.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>

#include "loop/time.hpp"

namespace imloop::station::archive {

inline constexpr std::size_t guesses_max = 10;
inline constexpr loop::Moment guesses_within = 60 * 1000;

class Guesses {
public:
    /// Seconds until the next try may be made; 0: now.
    int wait_seconds(const std::string& company_code, const std::string& address, loop::Moment now) const;
    void wrong(const std::string& company_code, const std::string& address, loop::Moment now);

private:
    std::map<std::pair<std::string, std::string>, std::deque<loop::Moment>> wrong_;  ///< latest last
};

}  // namespace imloop::station::archive
