// What became of a source's records: those rejected, corrected, or without effect.
#include "hub/api/lists.hpp"
#include "hub/calls/calls.hpp"
#include "hub/limits.hpp"

namespace imloop::hub::calls {

using nlohmann::json;

Answer outcomes(Context& c) {
    const auto limit = list_limit(c.request);
    if (!limit) return limit_out_of_range();
    auto& reader = c.reader();
    auto after = c.hub.place_in(reader.store, c.request.query("after"));
    const auto& projection = reader.loop.projection;
    json items = json::array();
    bool more = false;
    for (const auto& stored : reader.store.segments_of(reader.scope.source(), after, segments_a_page_max)) {
        const auto receipt = journal::parse_receipt(stored.damaged ? "" : stored.receipt);
        after = stored.position;
        if (!receipt) continue;
        for (const auto& o : receipt->outcomes) {
            json item{{"epoch", receipt->epoch}, {"seq", o.seq}};
            if (o.record_id) item["record_id"] = *o.record_id;
            if (o.status == journal::Status::rejected) {
                item["status"] = "rejected";
                for (const auto& p : o.problems)
                    item["problems"].push_back({{"pointer", p.pointer}, {"code", p.code}, {"detail", p.detail}});
            } else if (const auto code = projection.without_effect(o.record_id.value_or(""))) {
                item["status"] = "without_effect";
                item["code"] = *code;
            } else if (const auto by = projection.corrected_by(o.record_id.value_or(""))) {
                item["status"] = "corrected";
                item["corrected_by"] = *by;
            } else {
                continue;
            }
            items.push_back(std::move(item));
        }
        if (items.size() >= *limit) {
            more = true;
            break;
        }
    }
    return list_answer({{"items", std::move(items)}, {"next", c.hub.place_named(after)}, {"more", more}}, c.request);
}

}  // namespace imloop::hub::calls
