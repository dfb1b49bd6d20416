// Claims of a failed vehicle: an owner's choice, taking in, giving back. What holds already is not written again.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "station/config.hpp"
#include "station/outbox.hpp"

namespace imloop::station {

/// Of a form about this failed test: the id that the next claim of it will have.
std::string claim_turn(Outbox&, const std::string& fail_record_id);

/// `action`: choose, take_in, give_back. `shop`: the one an owner chose at an inspection station; empty: the writer.
/// `turn`: of the form that asks, empty for none. Nothing where this station's latest claim of the failed test, as it
/// counts after corrections, says the same, or the form was sent before.
std::optional<nlohmann::json> claim_to_write(Outbox&, const Config&, const std::string& fail_record_id,
                                             const std::string& action, const std::string& shop = "",
                                             const std::string& turn = "");

}  // namespace imloop::station
