// Makes the loop's rows anew from the stored segments, in steps: at a start after the form of the rows changed, beside
// the ones that are served (rebuild), and to hold those against (verify).
#pragma once

#include <functional>
#include <span>

#include "hub/loop/loop_state.hpp"
#include "hub/store/stored_rows.hpp"

namespace imloop::hub {

/// Makes the tables that are missing, typed ones too.
void make_tables(const StoredRows&);
/// Whether none is missing.
bool has_tables(const StoredRows&);
/// No rows, and nothing held. Within a transaction, as all that follow.
void clear_tables(StoredRows&);
/// These tables take the place of those that are served.
void take_over_tables(StoredRows&);
/// What settle() has made of them; typed ones when all is settled.
void write_rows(LoopState&, const StoredRows& to);

/// What every hub knows before its first line: its own key.
void know_own_key(LoopState&, const std::string& hub, const journal::PublicKey&);

/// Takes in some of the segments behind `after` (limits.hpp), and writes what follows into `to`, within the transaction
/// that `to` is in; no notes are left. `seen` sees each after it was taken in, `loaded` false where it is damaged.
/// Gives the last one's position; `after` where there is none.
using SeenSegment = std::function<void(const LoopState&, const StoredSegment&, bool loaded)>;
std::int64_t build_step(Store& from, std::int64_t after, LoopState&, const StoredRows& to, loop::Day today,
                        const SeenSegment& seen = {});

/// Rows that say the same however the lines came: all but numbers of changes.
std::vector<std::string_view> compared_tables();
/// Those, which every hub counts for itself.
std::span<const std::string_view> numbered_tables();
/// Over these tables, in the order of their keys; typed_digests() for the others.
std::string digest_of(const loop::Rows&, const std::vector<std::string_view>& tables);

}  // namespace imloop::hub
