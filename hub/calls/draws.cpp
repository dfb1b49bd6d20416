// Random inspection: the candidates of a draw are the stations in force, their chances by what is known of them today.
#include "hub/calls/calls.hpp"
#include "hub/calls/shown.hpp"
#include "hub/draw/draw.hpp"
#include "hub/report/suspects.hpp"
#include "loop/suspects/asking/risk.hpp"

namespace imloop::hub::calls {
namespace {

using nlohmann::json;

/// From 100 where nothing is known to ten times that where something surely is.
int weight_of(int risk_permille) { return 100 + risk_permille * 9 / 10; }

}  // namespace

Answer draw(Context& c, const json& in) {
    Draw of{in.value("id", loop::format_day(loop::day_of(c.now))),
            in.at("seed"),
            in.at("count"),
            in.value("random_share_percent", 30),
            in.value("officers_each", 2),
            {},
            {}};
    if (of.seed.empty() || of.count == 0 || of.random_share_percent < 10 || of.random_share_percent > 100)
        return problem(400, {"bad_draw", "要有种子，数量至少 1，纯随机的份额在 10% 到 100% 之间",
                             "give a seed, a count of at least 1 and a random share of 10 to 100 %"});
    of.officers = draw_of({{"id", ""},
                           {"seed", ""},
                           {"count", 0},
                           {"random_share_percent", 0},
                           {"officers_each", 0},
                           {"candidates", json::array()},
                           {"officers", in.value("officers", json::array())}})
                      .officers;
    const std::string kinds = in.value("kinds", "IM"), county = in.value("county", "");
    c.hub.watch->look(c.scope, Watch::Sweep::of_now, [&](const Watch::View& seen) {
        const auto risks = loop::rules::risks(seen.suspects).stations;
        const auto& stations = seen.reader->loop.projection.stations();
        for (const auto& station : stations.stations()) {
            const auto view = stations.at(station, c.now);
            const bool is_running = view->status == loop::StationStatus::filed;
            if (!is_running || kinds.find(view->kind) == std::string::npos ||
                (!county.empty() && view->county != county))
                continue;
            const auto risk = risks.find(station);
            const int permille = risk == risks.end() ? 0 : risk->second.score_permille;
            of.candidates.push_back({station, view->name, view->county, permille, weight_of(permille)});
        }
    });
    return {200, "application/json", published(of, hub::draw(of)).dump(1) + "\n", {}};
}

Answer draw_yield(Context& c, const json& in) {
    std::optional<Report> made;
    c.hub.watch->look(c.scope, Watch::Sweep::of_now,
                      [&](const Watch::View& view) { made = report_yield(view.suspects); });
    return rendered(*made, in.value("form", "table"));
}

}  // namespace imloop::hub::calls
