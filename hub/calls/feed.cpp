// What bridges follow.
#include "hub/api/lists.hpp"
#include "hub/calls/calls.hpp"
#include "hub/limits.hpp"
#include "journal/json.hpp"

namespace imloop::hub::calls {

using nlohmann::json;

/// Records of the bridge's scope in the order of their arrival, each with the state of its vehicle's episode today.
Answer feed(Context& c) {
    const auto limit = list_limit(c.request);
    if (!limit) return limit_out_of_range();
    const auto now = c.now;
    auto& reader = c.reader();
    auto after = c.hub.place_in(reader.store, c.request.query("after"));
    const auto& projection = reader.loop.projection;
    std::string lines;
    std::size_t count = 0;
    for (const auto& stored : reader.store.segments_after(after, segments_a_page_max)) {
        if (count >= *limit) break;
        after = stored.position;
        if (stored.damaged) continue;
        const auto segment = journal::parse_segment(stored.bytes).value();
        const auto receipt = journal::parse_receipt(stored.receipt).value();
        for (std::size_t i = 0; i < segment.lines.size(); ++i) {
            const auto& outcome = receipt.outcomes.at(i);
            if (outcome.status == journal::Status::rejected || !outcome.record_id) continue;
            auto record = journal::parsed(segment.lines[i]);
            const std::string station = record.value("station_id", "");
            if (!projection.may_write_for(reader.scope.source(), station, now)) continue;
            json item{{"position", stored.position},
                      {"source", receipt.source},
                      {"status", outcome.status == journal::Status::duplicate ? "duplicate" : "accepted"}};
            if (const auto code = projection.without_effect(*outcome.record_id)) item["without_effect"] = *code;
            const auto vehicle = projection.identity().vehicle_of(*outcome.record_id);
            if (!vehicle.empty())
                if (const auto all = projection.episodes(vehicle, loop::day_of(now)); !all.empty())
                    item["episode"] = {{"episode_id", all.back().episode_id},
                                       {"outcome", loop::name_of(all.back().outcome)},
                                       {"open", !all.back().ended_by}};
            item["record"] = std::move(record);
            lines += dumped(item) + "\n";
            ++count;
        }
    }
    return {200, "application/x-ndjson", lines, {{"X-Next", c.hub.place_named(after)}}};
}

}  // namespace imloop::hub::calls
