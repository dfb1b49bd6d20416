// Flags as typed rows beside the packed ones, for analysts' tools: what is flagged, where, and what an officer said of
// it.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "hub/store/typed_table.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::hub {

/// Ids of flags that are other than before, as the changed rows of the suspects tell.
class FlagChanges {
public:
    void see(std::string_view table, std::string_view key);
    const std::set<std::string>& ids() const { return ids_; }

private:
    std::set<std::string> ids_;
};

/// The table and its view, where they are missing; in a transaction of its own.
void make_flags(engine::Connection&);
/// Both within a transaction; `suspects` with its rows written.
void clear_flags(engine::Connection&);
void write_flags(engine::Connection&, const FlagChanges&, const loop::rules::Suspects& suspects);
/// Whether the table says the same as the suspects, both of one moment.
bool are_flags_of(engine::Connection&, const loop::rules::Suspects& suspects);

}  // namespace imloop::hub
