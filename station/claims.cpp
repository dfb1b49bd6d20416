#include "station/claims.hpp"

#include "journal/json.hpp"
#include "station/corrections.hpp"
#include "station/form_ids.hpp"
#include "station/own_records.hpp"

namespace imloop::station {

using nlohmann::json;

namespace {

FormTurn turn_of(Outbox& outbox, const std::string& fail_record_id) {
    return form_turn(outbox, fail_record_id, "claim");
}

/// As it counts; null where it is void or there is none.
json standing(Outbox& outbox, const std::string& claim_id) {
    const auto latest = claim_id.empty() ? std::nullopt : outbox.latest(claim_id);
    if (!latest) return {};
    const auto claim = journal::parsed_or_discarded(latest->line);
    return claim.is_object() ? corrected(claim, corrections_since(outbox, latest->seq)) : json();
}

}  // namespace

std::string claim_turn(Outbox& outbox, const std::string& fail_record_id) { return turn_of(outbox, fail_record_id).id; }

std::optional<json> claim_to_write(Outbox& outbox, const Config& config, const std::string& fail_record_id,
                                   const std::string& action, const std::string& shop, const std::string& turn) {
    const auto now = turn_of(outbox, fail_record_id);
    if (!turn.empty() && turn != now.id && is_saved(outbox, turn)) return std::nullopt;
    if (const auto last = standing(outbox, now.before);
        last.is_object() && last.value("action", "") == action && last.value("chosen_station_id", "") == shop)
        return std::nullopt;
    auto claim = claim_of(config, fail_record_id, action, shop);
    claim["record_id"] = now.id;
    return claim;
}

}  // namespace imloop::station
