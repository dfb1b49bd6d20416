// Ids of records that are read from files, where one is taken.
#pragma once

#include <string>

#include "station/outbox.hpp"

namespace imloop::station {

/// The line as it is, or, where the outbox holds another vehicle's record under its id, under the id that stands beside
/// it: a report number is one record's only together with station and vehicle (docs/contract.md, "Ids of records that
/// come from files"). A line that is no JSON object with an id is no error here.
std::string with_own_id(Outbox&, const std::string& line);

}  // namespace imloop::station
