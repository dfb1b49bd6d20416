// Results that wait for an officer (hub/holding.hpp): told to their station, listed and decided.
#include <algorithm>

#include "hub/api/lists.hpp"
#include "hub/calls/calls.hpp"
#include "hub/calls/shown.hpp"
#include "hub/record_words.hpp"

namespace imloop::hub::calls {
namespace {

using nlohmann::json;

constexpr loop::Moment shown_ms = 7 * loop::day_ms;  ///< how long a decided hold is told to its station

}  // namespace

Answer own_holds(Context& c) {
    auto& reader = c.reader();
    json items = json::array();
    for (const auto& hold : c.hub.watch->holds(reader.scope)) {
        if (hold.latest.occurred_at + shown_ms < c.now) continue;
        const auto words = words_of(reader, hold.latest.record_id);
        items.push_back({{"record_id", hold.record_id},
                         {"report_no", hold.report_no},
                         {"state", hold.state(c.now)},
                         {"since", loop::format_moment(hold.since)},
                         {"until", loop::format_moment(hold.until)},
                         {"reason", words.value("reason", "")},
                         {"officer_id", words.value("officer_id", "")}});
    }
    return list_answer({{"items", std::move(items)}}, c.request);
}

Answer holds(Context& c, const json& in) {
    Report out{"待复核的结果",
               "Results that wait for an officer",
               {{"state", "状态", "state"},
                {"record_id", "记录号", "record"},
                {"station_id", "站点", "station"},
                {"report_no", "报告号", "report"},
                {"since", "起", "since"},
                {"until", "到期自动放行", "lapses at"},
                {"reason", "依据", "reason"},
                {"officer_id", "决定人", "officer"}},
               {},
               json::object()};
    const std::string station = in.value("station", "");
    c.hub.watch->look(c.scope, Watch::Sweep::as_it_is, [&](const Watch::View& view) {
        for (const auto& hold : c.hub.watch->holds(c.scope)) {
            if (!station.empty() && hold.station != station) continue;
            const auto words = words_of(*view.reader, hold.latest.record_id);
            out.rows.push_back({hold.state(c.now), hold.record_id, hold.station, hold.report_no,
                                loop::format_moment(hold.since), loop::format_moment(hold.until),
                                words.value("reason", ""), words.value("officer_id", "")});
        }
    });
    return rendered(out, in.value("form", "table"));
}

Answer hold_decide(Context& c, const json& in) {
    const std::string record_id = in.at("record_id"), action = in.at("action");
    if (action != "release" && action != "refer" && action != "refuse")
        return problem(400, {"unknown_action", "可用 release, refer, refuse", "use release, refer or refuse"});
    bool is_held = false;
    c.hub.watch->look(c.scope, Watch::Sweep::as_it_is, [&](const Watch::View&) {
        const auto held = c.hub.watch->holds(c.scope);
        is_held = std::ranges::find(held, record_id, &Hold::record_id) != held.end();
    });
    if (!is_held) return problem(404, {"not_held", "这条结果没有被暂缓", "this result is not held"});
    auto decision = c.hub.own->record("decision");
    decision.update({{"about", {{"record_id", record_id}}},
                     {"action", action},
                     {"reason", in.at("reason")},
                     {"officer_id", in.at("officer_id")}});
    auto written = c.hub.own->write({decision});
    if (written.status != 200) return written;
    return json_answer({{"record_id", record_id}, {"action", action}});
}

}  // namespace imloop::hub::calls
