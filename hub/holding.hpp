// Hold and review: a passed result of a watched station that a strong flag speaks against waits some minutes for a
// named officer, who releases, refers or refuses it; each is a record, and so is the hold. A hold that nobody decides
// lapses by itself, and a station that cannot ask is never kept waiting.
#pragma once

#include <string>
#include <vector>

#include "hub/own_journal.hpp"
#include "loop/projection.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::hub {

/// Holds the results of the stations that the policy watches to which strong flags have just come.
void hold_new(const std::vector<std::string>& flag_ids, const loop::rules::Suspects&, const loop::Projection&,
              loop::Moment now, OwnJournal&);

}  // namespace imloop::hub
