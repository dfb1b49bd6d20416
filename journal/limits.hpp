// The journal's limits, each named once (docs/contract.md, "Limits").
#pragma once

#include <cstddef>

namespace imloop::journal {

inline constexpr std::size_t line_bytes_max = 256 * 1024;
inline constexpr std::size_t segment_lines_max = 500;
inline constexpr std::size_t segment_bytes_max = 8 * 1024 * 1024;
inline constexpr std::size_t frame_line_bytes_max = 4 * 1024;      ///< header and seal, each
inline constexpr std::size_t stored_bytes_max = 64 * 1024 * 1024;  ///< a segment, receipt or trace in a store
inline constexpr std::size_t compressed_bytes_max = 8 * 1024 * 1024;
inline constexpr std::size_t compression_ratio_max = 100;

}  // namespace imloop::journal
