// Suspect records: lists, one flag, a rule's page, an officer's decision, a dry run.
#include "hub/report/suspects.hpp"

#include "hub/calls/calls.hpp"
#include "hub/calls/shown.hpp"
#include "hub/store/beside.hpp"
#include "hub/store/stored_rows.hpp"
#include "journal/json.hpp"
#include "loop/rules/rule_table.hpp"

namespace imloop::hub::calls {
namespace {

using loop::rules::Suspects;
using nlohmann::json;

/// Nothing where a day is written wrongly.
std::optional<SuspectRequest> request_of(const json& in, loop::Day today) {
    SuspectRequest out;
    out.period = {loop::parse_day("1970-01-01").value(), today};
    for (const auto& [name, day] : {std::pair("from", &out.period.from), std::pair("to", &out.period.to)}) {
        if (!in.contains(name)) continue;
        const auto parsed = loop::parse_day(in.at(name).get<std::string>());
        if (!parsed) return std::nullopt;
        *day = *parsed;
    }
    out.rule = in.value("rule", "");
    out.grade = in.value("grade", "");
    out.station = in.value("station", "");
    out.county = in.value("county", "");
    out.state = in.value("state", "");
    out.unmasked = in.value("unmasked", false);
    out.limit = in.value("limit", std::size_t{0});
    return out;
}

json ids_beyond(const Suspects& of, const Suspects& beyond) {
    json out = json::array();
    of.each_flag([&](const loop::rules::Flag& flag) {
        if (!beyond.flag(flag.flag_id))
            out.push_back({{"flag_id", flag.flag_id},
                           {"station_id", flag.station_id},
                           {"claim", loop::rules::claim_of(flag).zh}});
    });
    return out;
}

std::size_t flags_in(const Suspects& suspects) {
    std::size_t count = 0;
    suspects.each_flag([&](const loop::rules::Flag&) { ++count; });
    return count;
}

}  // namespace

Answer suspects(Context& c, const json& in) {
    auto request = request_of(in, loop::day_of(c.now));
    if (!request) return problem(400, {"bad_day", "日期应写成 2026-03-02", "write days as 2026-03-02"});
    const std::string list = in.value("list", "flags");
    std::optional<Report> made;
    c.hub.watch->look(c.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
        const auto& projection = view.reader->loop.projection;
        made = list == "risk"    ? report_risk(projection, view.suspects)
               : list == "rules" ? report_rules(view.suspects)
                                 : report_suspects(projection, view.suspects, *request);
        made->about["position"] = c.hub.place_named(view.reader->store.position());
        made->about["watched_to"] = c.hub.place_named(view.watched_to);
    });
    return rendered(*made, in.value("form", "table"));
}

Answer suspect(Context& c, const json& in) {
    const std::string flag_id = in.at("flag_id");
    std::optional<json> made;
    c.hub.watch->look(c.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
        SuspectRequest request;
        request.unmasked = in.value("unmasked", false);
        request.receipt_holds = receipt_check(*view.reader);
        made = hub::suspect(view.reader->loop.projection, view.suspects, flag_id, request);
        if (made) (*made)["decisions"] = decisions_about(view, flag_id);
    });
    if (!made) return no_such_flag();
    if (in.value("form", "text") == "json") return {200, "application/json", made->dump(2) + "\n", {}};
    return {200, "text/plain", suspect_text(*made), {}};
}

Answer suspect_rule(Context& c, const json& in) {
    using loop::rules::Parameters;
    const Parameters parameters(journal::parsed(policy_today(c).rules), Parameters::Unknown::left_out);
    const auto page = rule_page(in.at("rule").get<std::string>(), parameters);
    if (!page) return problem(404, {"unknown_rule", "没有这条规则", "there is no such rule"});
    return {200, "text/plain", *page, {}};
}

/// A line of the hub's own journal: it survives a rebuild, and measures the rule.
Answer suspect_decide(Context& c, const json& in) {
    const std::string flag_id = in.at("flag_id"), action = in.at("action"), reason = in.at("reason");
    if (action != "confirm" && action != "dismiss" && action != "ask")
        return problem(400, {"unknown_action", "可用 confirm, dismiss, ask", "use confirm, dismiss or ask"});
    bool is_there = false;
    c.hub.watch->look(c.scope, Watch::Sweep::of_now,
                      [&](const Watch::View& view) { is_there = view.suspects.flag(flag_id).has_value(); });
    if (!is_there) return no_such_flag();
    auto decision = c.hub.own->record("decision");
    decision.update({{"about", {{"flag_id", flag_id}}},
                     {"action", action},
                     {"reason", reason},
                     {"officer_id", in.at("officer_id")}});
    auto written = c.hub.own->write({decision});
    if (written.status != 200) return written;
    return {200, "application/json", json{{"record_id", decision["record_id"]}, {"flag_id", flag_id}}.dump(), {}};
}

/// What other parameters would change, over all records there are; nothing is changed.
Answer suspect_dry_run(Context& c, const json& in) {
    try {
        const loop::rules::Parameters known(in.at("rules"));
    } catch (const std::runtime_error& e) {
        return problem(400, {"bad_parameters", e.what()});
    }
    json body;
    Beside made(c.hub.options.data, "dry-run");
    const StoredRows rows(made.database(), "", StoredRows::Tables::as_needed);
    c.hub.watch->look(c.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
        auto& reader = *view.reader;
        c.hub.watch->made_anew(reader.store, reader.loop, rows, in.at("rules").dump(), [&](const Suspects& under) {
            body = {{"before", flags_in(view.suspects)},
                    {"after", flags_in(under)},
                    {"appear", ids_beyond(under, view.suspects)},
                    {"clear", ids_beyond(view.suspects, under)}};
        });
    });
    return {200, "application/json", body.dump(2) + "\n", {}};
}

}  // namespace imloop::hub::calls
