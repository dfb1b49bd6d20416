// Every station's own figures against its peers' (hub/report/peers.hpp), made once a day for all.
#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "hub/watch/watch.hpp"

namespace imloop::hub {

/// Thread safe.
class PeersOfDay {
public:
    /// An array, empty where there are none; nothing where this day's are still to be made.
    std::optional<nlohmann::json> of(const std::string& station, loop::Day day) const;
    /// Takes as long as the watch.
    void make(Watch&, loop::Day day);

private:
    mutable std::mutex mutex_;
    loop::Day day_ = 0;
    std::map<std::string, nlohmann::json> figures_;  ///< by station
};

}  // namespace imloop::hub
