// Corrections that this station wrote of its own records, as its outbox has them.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "station/outbox.hpp"

namespace imloop::station {

/// The one in force of each corrected record, by its id, of lines from `since` on: the latest by (occurred_at,
/// record_id) that was not rejected. A correction stands after what it corrects.
std::map<std::string, nlohmann::json> corrections_since(Outbox&, std::uint64_t since);

/// What a record says after its correction: null where it is voided.
nlohmann::json corrected(const nlohmann::json& record, const std::map<std::string, nlohmann::json>& corrections);

}  // namespace imloop::station
