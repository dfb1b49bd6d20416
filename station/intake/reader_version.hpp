// Which reader of files this is.
#pragma once

namespace imloop::station::intake {

/// Raised when the same bytes give another record than before. A record that an older reader made stays as it is under
/// its id; what this one makes otherwise is listed once (station/watch/ledger.hpp), not offered file by file as a
/// correction. 2: numbers that say "none" are left out, process data that is not whole too; of values that stand twice
/// the first counts. 3: more words and numbers say "none"; trouble codes of all forms are told apart; a colour is taken
/// off a plate; values as attributes of their own reading are read; process data in several files is put by its times.
inline constexpr unsigned reader_version = 3;

}  // namespace imloop::station::intake
