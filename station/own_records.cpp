#include "station/own_records.hpp"

#include "loop/time.hpp"
#include "station/ids.hpp"

namespace imloop::station {

using nlohmann::json;

json begin_record(const Config& config, const std::string& kind) {
    const auto now = unix_now();
    return {{"schema", "imloop/" + kind + "/1"},
            {"record_id", new_uuid7(now)},
            {"station_id", config.station_id},
            {"occurred_at", loop::format_moment(now)}};
}

json claim_of(const Config& config, const std::string& fail_record_id, const std::string& action,
              const std::string& shop) {
    auto claim = begin_record(config, "claim");
    claim.update({{"fail_record_id", fail_record_id}, {"action", action}});
    if (!shop.empty()) claim["chosen_station_id"] = shop;
    return claim;
}

json correction_of(const Config& config, const std::string& corrects, const std::string& reason,
                   const std::optional<json>& replacement) {
    auto correction = begin_record(config, "correction");
    correction.update({{"corrects", corrects}, {"action", replacement ? "replace" : "void"}, {"reason", reason}});
    if (replacement) correction["replacement"] = *replacement;
    return correction;
}

}  // namespace imloop::station
