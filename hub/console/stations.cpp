// Stations with their figures and the weight of evidence: what `hub report stations` and `hub suspects risk` print.
#include <algorithm>

#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "hub/report/suspect_counts.hpp"
#include "loop/record/codes.hpp"
#include "loop/suspects/asking/risk.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

json meter_words(const loop::rules::Meter& meter) {
    return {{"strong", meter.strong},
            {"medium", meter.medium},
            {"weak", meter.weak},
            {"confirmed", meter.confirmed},
            {"full", loop::rules::meter_full}};
}

}  // namespace

Listed list_stations(Console& console, Ask& ask) {
    auto filter = filter_of(console, ask);
    if (filter.refusal) return std::move(*filter.refusal);
    auto page = page_of(console, ask);
    if (page.refusal) return std::move(*page.refusal);
    const auto& query = ask.request.http;
    const auto kind = query.query("kind"), county = query.query("county"), station = query.query("station");
    if (!county.empty() && !ask.scope.holds(county)) return console.out_of_scope(ask, county);
    auto& request = filter.request;
    json body;
    console.hub().watch->look(ask.scope, Watch::Sweep::of_today, [&](const Watch::View& view) {
        request.suspects = &view.suspects;
        const auto& projection = view.reader->loop.projection;
        const auto tally = loop::tally(projection, request.period, request.as_of, request.view);
        const auto suspects = suspects_in(projection, request);
        const auto meters = loop::rules::meters(view.suspects, projection);
        const auto risks = loop::rules::risks(view.suspects);
        body = head_of(console, request, view);
        body["items"] = json::array();
        body["next"] = nullptr;
        std::int64_t total = 0;
        for (const auto& id : projection.stations().stations()) {
            const auto at = projection.stations().at(id, console.now());
            if (!at || (at->kind != 'I' && at->kind != 'M') || !ask.scope.holds(at->county) ||
                (!kind.empty() && kind[0] != at->kind) || (!county.empty() && county != at->county) ||
                (!station.empty() && station != id))
                continue;
            ++total;
            if (id <= page.behind) continue;
            if (body["items"].size() == page.limit) {
                if (body["next"].is_null())
                    body["next"] = console.cursor(ask, body["items"].back()["station_id"].get<std::string>());
                continue;
            }
            const auto sums = tally.stations().find(id);
            const auto meter = meters.find(id);
            const auto risk = risks.stations.find(id);
            auto one = measures_object(sums == tally.stations().end() ? loop::Measures{} : sums->second,
                                       suspects.of_station(id));
            one.update(
                {{"station_id", id},
                 {"name", at->name},
                 {"kind", std::string(1, at->kind)},
                 {"county", at->county},
                 {"status", at->filed ? loop::station_status_codes[static_cast<std::size_t>(at->status)] : "not_filed"},
                 {"meter", meter_words(meter == meters.end() ? loop::rules::Meter{} : meter->second)},
                 {"risk", risk == risks.stations.end() ? 0.0 : risk->second.score_permille / 1000.0}});
            body["items"].push_back(std::move(one));
        }
        body["total"] = total;
    });
    return body;
}

}  // namespace imloop::hub
