// The hub's own limits, each named once. The journal's stand in journal/limits.hpp.
#pragma once

#include <cstddef>

#include "loop/traces/trace.hpp"

namespace imloop::hub {

inline constexpr std::size_t waiting_segments_max = 64;             ///< beyond it: 503 with Retry-After
inline constexpr std::size_t waiting_bytes_max = 64 * 1024 * 1024;  ///< likewise
inline constexpr std::size_t import_ahead_max = 16;                 ///< segments an import judges ahead
using loop::traces::trace_bytes_max;
using loop::traces::trace_rows_max;
inline constexpr std::size_t request_bytes_max = 64 * 1024;  ///< bodies that are neither journal nor process data
inline constexpr std::size_t request_head_max = 8 * 1024;
inline constexpr int join_code_hours = 24;                    ///< how long a code may be used
inline constexpr std::size_t join_attempts_max = 10;          ///< a minute and address
inline constexpr std::size_t join_attempts_of_all_max = 100;  ///< a minute
inline constexpr std::size_t segments_a_page_max = 200;       ///< that one page of a list reads
inline constexpr std::size_t traces_a_transaction = 1000;     ///< whose figures are made anew at start
inline constexpr int list_limit_default = 50;
inline constexpr int list_limit_max = 500;

}  // namespace imloop::hub
