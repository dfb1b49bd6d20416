// How a station stands, in one word with its reason and what goes on next. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "station/page/frame.hpp"
#include "station/uploading.hpp"

namespace imloop::station::page {

inline constexpr std::uintmax_t disk_low_bytes = 500ull * 1024 * 1024;
inline constexpr std::uintmax_t record_disk_bytes = 200ull * 1024;  ///< what a record with its process data may take
inline constexpr loop::Moment clock_off_ms = 5 * 60 * 1000;

struct Situation {
    UploadState upload;
    std::uint64_t waiting = 0;         ///< saved, not acknowledged
    std::uint64_t attention = 0;       ///< rejected and not mended
    std::uint64_t files_rejected = 0;  ///< of watched folders, not looked at yet
    std::uint64_t folders_in_trouble = 0;
    std::uint64_t all_attention() const { return attention + files_rejected + folders_in_trouble; }
    std::uintmax_t disk_free = disk_low_bytes;
    std::optional<loop::Moment> clock_ahead_ms;  ///< of this PC's clock before the hub's
    loop::Moment now = 0;
};

/// The gravest word that holds: stopped, disk low, clock off, offline, sending what waits, needs attention, normal.
State state_of(const Situation&, const Language&);

/// `11:07:30`, at +08:00.
std::string clock_text(loop::Moment);
/// `11-24 08:30`, at +08:00.
std::string short_time(loop::Moment);

}  // namespace imloop::station::page
