// What a station posts: how it is reached and what it charges, as the registration in force and the latest price list
// say beside the register's own members.
#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "hub/readers.hpp"

namespace imloop::hub {

/// Lines never change: what was read from them once is kept until others count. Thread safe.
class Posted {
public:
    nlohmann::json of(Reader&, const std::string& station, loop::Moment now);

private:
    struct Read {
        std::string lines;  ///< of the journal it was read from
        nlohmann::json words;
    };
    std::mutex mutex_;
    std::map<std::string, Read> read_;  ///< by station
};

}  // namespace imloop::hub
