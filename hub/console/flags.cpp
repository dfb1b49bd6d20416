// Suspect records: the queue, one with its proof, an officer's decision.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "hub/api/lists.hpp"
#include "hub/calls/calls.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "hub/report/suspects.hpp"
#include "loop/suspects/asking/risk.hpp"

namespace imloop::hub {
namespace {

using loop::rules::Flag;
using nlohmann::json;

/// In the order of wanted_flags(): the likeliest first, later ones before, then by id. Of days before 1970, too.
std::string key_of(const Flag& flag) {
    return fmt::format("{:04} {:08} {}", 1000 - flag.score_permille, 50'000'000 - flag.day, flag.flag_id);
}

json precision_of(const loop::rules::Suspects& suspects, const std::string& rule) {
    const auto report = report_rules(suspects);
    for (const auto& row : report.rows)
        if (row[0] == rule) return row_object(report.columns, row);
    return {};
}

/// What If-Match names: the decision that was seen last.
std::string mark_of(const loop::rules::Suspects& suspects, const std::string& flag_id) {
    const auto decision = suspects.decision(flag_id);
    return decision ? decision->record_id : "open";
}

}  // namespace

Listed list_flags(Console& console, Ask& ask) {
    const auto& query = ask.request.http;
    auto page = page_of(console, ask);
    if (page.refusal) return std::move(*page.refusal);
    SuspectRequest wanted;
    wanted.period = {0, INT32_MAX};
    wanted.rule = query.query("rule");
    wanted.grade = query.query("grade");
    wanted.station = query.query("station");
    wanted.county = query.query("county");
    const auto state = query.query("state");
    wanted.state = state.empty() ? "open" : state == "all" ? "" : state;
    if (!wanted.county.empty() && !ask.scope.holds(wanted.county)) return console.out_of_scope(ask, wanted.county);
    json body;
    console.hub().watch->look(ask.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
        const auto& projection = view.reader->loop.projection;
        auto flags = wanted_flags(projection, view.suspects, wanted);
        std::erase_if(flags, [&](const Flag& flag) { return !ask.scope.holds(county_of(projection, flag)); });
        body = {{"position", console.hub().place_named(view.reader->store.position())},
                {"watched_to", console.hub().place_named(view.watched_to)}};
        put_page<Flag>(body, console, ask, page, flags, key_of, [&](const Flag& flag) {
            auto one = flag_object(projection, view.suspects, flag, false);
            one["station_name"] = station_name(projection, flag.station_id, console.now());
            return one;
        });
    });
    return body;
}

Answer show_flag(Console& console, Ask& ask) {
    const auto& flag_id = ask.parts[0];
    std::optional<json> body;
    bool is_out = false;
    console.hub().watch->look(ask.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
        const auto& projection = view.reader->loop.projection;
        const auto flag = view.suspects.flag(flag_id);
        if (!flag) return;
        is_out = !ask.scope.holds(county_of(projection, *flag));
        if (is_out) return;
        SuspectRequest request;
        request.receipt_holds = calls::receipt_check(*view.reader);
        body = suspect(projection, view.suspects, flag_id, request);
        (*body)["decisions"] = calls::decisions_about(view, flag_id);
        (*body)["mark"] = mark_of(view.suspects, flag_id);
        (*body)["county"] = county_of(projection, *flag);
        // Decisions of the whole city.
        (*body)["precision"] = ask.scope.is_city() ? precision_of(view.suspects, flag->rule) : json(nullptr);
        (*body)["station_name"] = station_name(projection, flag->station_id, console.now());
        const auto meters = loop::rules::meters(view.suspects, projection);
        const auto meter = meters.find(flag->station_id);
        (*body)["meter"] = {{"strong", meter == meters.end() ? 0 : meter->second.strong},
                            {"full", loop::rules::meter_full}};
    });
    if (is_out) return console.out_of_scope(ask, flag_id);
    if (!body) return calls::no_such_flag();
    return list_answer(*body, ask.request.http);
}

/// `{action, reason}`, If-Match: the `mark` that was seen. The line in the hub's journal is the one that the command
/// line writes.
Answer decide_flag(Console& console, Ask& ask) {
    const auto& flag_id = ask.parts[0];
    const auto action = ask.text("action"), reason = ask.text("reason");
    if (auto refusal = unfit_action(ask, {"confirm", "dismiss", "ask"})) return std::move(*refusal);
    if (auto refusal = unfit_text(ask, "reason", reason_min, reason_max)) return std::move(*refusal);
    const std::lock_guard one(console.deciding);
    bool is_there = false, is_out = false;
    std::string mark;
    json decisions;
    console.hub().watch->look(ask.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
        const auto flag = view.suspects.flag(flag_id);
        is_there = flag.has_value();
        if (!flag) return;
        is_out = !ask.scope.holds(county_of(view.reader->loop.projection, *flag));
        mark = mark_of(view.suspects, flag_id);
        decisions = calls::decisions_about(view, flag_id);
    });
    if (is_out) return console.out_of_scope(ask, flag_id);
    if (!is_there) return calls::no_such_flag();
    if (ask.request.http.if_match != mark)
        return problem_with(
            412, {"someone_was_first", "别人已经处理，您的决定没有写入", "someone was first; yours was not written"},
            {{"decisions", decisions}, {"mark", mark}});
    Context context(console.hub(), ask.scope, {});
    return console.decide(console.entry(ask, "decide " + action, flag_id, reason), [&] {
        return calls::suspect_decide(
            context,
            {{"flag_id", flag_id}, {"action", action}, {"reason", reason}, {"officer_id", ask.person.account.account}});
    });
}

/// Figures are those of the whole city, and null for who does not see it.
Answer list_rules(Console& console, Ask& ask) {
    json items = json::array();
    console.hub().watch->look(ask.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
        const auto report = report_rules(view.suspects);
        for (const auto& row : report.rows) {
            auto rule = row_object(report.columns, row);
            if (!ask.scope.is_city())
                for (const auto* name : {"flags", "confirmed", "dismissed", "asked", "precision"}) rule[name] = nullptr;
            items.push_back(std::move(rule));
        }
    });
    return list_answer({{"items", std::move(items)}}, ask.request.http);
}

}  // namespace imloop::hub
