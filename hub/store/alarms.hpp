// Alarms: each once, with how often it came.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/engine.hpp"
#include "loop/time.hpp"

namespace imloop::hub {

/// False where such an alarm was raised before: it is counted.
bool raise_alarm(engine::Connection&, std::string_view source, std::string_view epoch, std::uint64_t first,
                 loop::Moment at, std::string_view code, std::string_view bytes);

}  // namespace imloop::hub
