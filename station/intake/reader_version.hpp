// Which reader of files this is.
#pragma once

namespace imloop::station::intake {

/// Raised when the same bytes give another record than before. A record that an older reader made stays as it is under
/// its id; what this one makes otherwise is listed once (station/watch/ledger.hpp), not offered file by file as a
/// correction. 2: numbers that say "none" are left out, process data that is not whole too; of values that stand twice
/// the first counts.
inline constexpr unsigned reader_version = 2;

}  // namespace imloop::station::intake
