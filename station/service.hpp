// `run`: uploading, the copy of the hub's lists and the local page, until a signal.
#pragma once

#include <chrono>
#include <csignal>
#include <optional>

#include "station/commands.hpp"

namespace imloop::station {

/// Blocks SIGINT and SIGTERM for the whole process and waits on them instead of sleeping.
class Stops {
public:
    Stops();
    /// False where a signal came.
    bool sleep(std::chrono::milliseconds) const;

private:
    sigset_t set_{};
};

/// `page_port` goes before the configuration's. The exit code.
int run_service(const Context&, std::optional<unsigned short> page_port);

}  // namespace imloop::station
