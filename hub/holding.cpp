#include "hub/holding.hpp"

#include <algorithm>
#include <set>

#include "loop/rules/rule_table.hpp"
#include "service/say.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

constexpr loop::Moment fresh_ms = loop::day_ms;  ///< an older test came late: holding its result helps no one

}  // namespace

void hold_new(const std::vector<std::string>& flag_ids, const loop::rules::Suspects& suspects,
              const loop::Projection& projection, loop::Moment now, OwnJournal& own) {
    const auto& watched = projection.policy(loop::day_of(now)).watched_stations;
    if (watched.empty()) return;
    std::vector<json> holds;
    std::set<std::string> records;
    for (const auto& flag_id : flag_ids) {
        const auto flag = suspects.flag(flag_id);
        if (!flag || std::ranges::find(watched, flag->station_id) == watched.end()) continue;
        const auto fact = projection.fact(flag->records.front());
        const bool passed = fact && fact->inspection && fact->inspection->verdict == loop::Verdict::pass;
        if (!passed || fact->occurred_at + fresh_ms < now || !records.insert(fact->record_id).second ||
            suspects.decision(fact->record_id))
            continue;
        auto hold = own.record("decision");
        hold.update({{"about", {{"record_id", fact->record_id}}},
                     {"action", "hold"},
                     {"reason", flag_id + " " + loop::rules::claim_of(*flag).zh},
                     {"officer_id", "policy"}});
        holds.push_back(std::move(hold));
    }
    if (holds.empty()) return;
    if (const auto written = own.write(holds); written.status != 200)
        service::say("hold: " + written.error.value().detail());
}

}  // namespace imloop::hub
