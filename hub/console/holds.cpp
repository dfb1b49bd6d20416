// Passed results that wait for an officer.
#include <algorithm>

#include "hub/api/lists.hpp"
#include "hub/calls/calls.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "hub/record_words.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

constexpr loop::Moment shown_ms = 7 * loop::day_ms;  ///< how long a decided hold is listed, as its station is told

}  // namespace

Answer list_holds(Console& console, Ask& ask) {
    json items = json::array();
    auto holds = console.holds();  // before the reader, which must know their lines
    const auto reader = console.hub().readers.now(ask.scope);
    const auto& stations = reader->loop.projection.stations();
    std::ranges::sort(holds, {}, [](const Hold& h) { return std::pair(h.until, h.record_id); });
    for (const auto& hold : holds) {
        if (hold.latest.occurred_at + shown_ms < console.now()) continue;
        const auto station = stations.at(hold.station, console.now());
        if (!ask.scope.holds(station ? station->county : "")) continue;
        const auto words = words_of(*reader, hold.latest.record_id);
        items.push_back({{"record_id", hold.record_id},
                         {"station_id", hold.station},
                         {"station_name", station ? station->name : ""},
                         {"report_no", hold.report_no},
                         {"state", hold.state(console.now())},
                         {"since", loop::format_moment(hold.since)},
                         {"until", loop::format_moment(hold.until)},
                         {"reason", words.value("reason", "")},
                         {"officer_id", words.value("officer_id", "")}});
    }
    return list_answer({{"items", std::move(items)}, {"now", loop::format_moment(console.now() / 60'000 * 60'000)}},
                       ask.request.http);
}

Answer decide_hold(Console& console, Ask& ask) {
    const auto& record_id = ask.parts[0];
    const auto action = ask.text("action"), reason = ask.text("reason");
    if (auto refusal = unfit_action(ask, {"release", "refer", "refuse"})) return std::move(*refusal);
    if (auto refusal = unfit_text(ask, "reason", reason_min, reason_max)) return std::move(*refusal);
    const std::lock_guard one(console.deciding);
    const auto holds = console.holds();
    const auto hold = std::ranges::find(holds, record_id, &Hold::record_id);
    if (hold == holds.end()) return problem(404, {"not_held", "这条结果没有被暂缓", "this result is not held"});
    {
        const auto reader = console.hub().readers.now(ask.scope);
        const auto station = reader->loop.projection.stations().at(hold->station, console.now());
        if (!ask.scope.holds(station ? station->county : "")) return console.out_of_scope(ask, record_id);
    }
    if (hold->state(console.now()) != "waiting")
        return problem(412, {"someone_was_first", "已经处理或已自动放行", "decided already, or lapsed"});
    auto context = console.judged();
    return console.decide(console.entry(ask, "hold " + action, record_id, reason), [&] {
        return calls::hold_decide(context, {{"record_id", record_id},
                                            {"action", action},
                                            {"reason", reason},
                                            {"officer_id", ask.person.account.account}});
    });
}

}  // namespace imloop::hub
