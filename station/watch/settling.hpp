// Which files of a folder have stood still: neither size nor time of writing changed for the settle time. Pure: the
// time is passed in. Files are written piece by piece, and over a network share a name is there before its bytes are.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "loop/time.hpp"

namespace imloop::station::watch {

struct Stamp {
    std::uintmax_t bytes = 0;
    std::int64_t written = 0;  ///< as the file system counts; only compared
    bool operator==(const Stamp&) const = default;
};
using Listing = std::map<std::string, Stamp>;

class Settling {
public:
    explicit Settling(std::chrono::milliseconds settle) : settle_ms_(settle.count()) {}

    /// What stands in the folder now; what is gone is forgotten.
    void observe(const Listing&, loop::Moment now);
    /// False also for a file that is not there.
    bool is_settled(const std::string& name, loop::Moment now) const;
    /// Since when it has stood as it does.
    loop::Moment since(const std::string& name) const { return seen_.at(name).since; }

private:
    struct Seen {
        Stamp stamp;
        loop::Moment since = 0;
    };
    loop::Moment settle_ms_;
    std::map<std::string, Seen> seen_;
};

}  // namespace imloop::station::watch
