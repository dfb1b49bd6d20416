// Records that a station's program makes itself: what an operator says on a page or by a command.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "station/config.hpp"

namespace imloop::station {

/// record_id, station_id and occurred_at of a record made here and now.
nlohmann::json begin_record(const Config&, const std::string& kind);

/// `action`: choose, take_in, give_back. `shop`: the one an owner chose at an inspection station; empty: the writer.
nlohmann::json claim_of(const Config&, const std::string& fail_record_id, const std::string& action,
                        const std::string& shop = "");

/// Voids a record, or puts `replacement`, a whole record with the same id, in its place.
nlohmann::json correction_of(const Config&, const std::string& corrects, const std::string& reason,
                             const std::optional<nlohmann::json>& replacement);

}  // namespace imloop::station
