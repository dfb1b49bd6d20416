// What the command line asks about suspect records: lists, one flag, a rule's page, an officer's decision, a dry run.
#include "hub/hub_impl.hpp"
#include "hub/report/render.hpp"
#include "hub/report/suspects.hpp"
#include "loop/rules/rule_table.hpp"
#include "service/say.hpp"

namespace imloop::hub {
namespace {

using loop::rules::Suspects;
using nlohmann::json;

Answer no_such_flag() {
    return problem(404, "flag_not_found", "没有这个标记，可能已随记录消失 / no such flag; it may have cleared");
}

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

void Hub::Impl::sweep() {
    state.suspects.sweep(state.projection, loop::day_of(options.now()));
    watched_to = place_named(store.position());
    tell_rule_failures();
}

void Hub::Impl::tell_rule_failures() {
    for (const auto& line : rule_failures.count(state.suspects.take_failed())) service::say(line);
}

Answer Hub::Impl::suspects(const json& in) {
    auto request = request_of(in, loop::day_of(options.now()));
    if (!request) return problem(400, "bad_day", "日期应写成 2026-03-02 / write days as 2026-03-02");
    const std::string list = in.value("list", "flags");
    const std::unique_lock guard(lock);
    sweep();
    Report made = list == "risk"    ? report_risk(state.projection, state.suspects)
                  : list == "rules" ? report_rules(state.suspects)
                                    : report_suspects(state.projection, state.suspects, *request);
    made.about["position"] = made.about["watched_to"] = watched_to;
    return rendered(made, in.value("form", "table"));
}

json Hub::Impl::decisions_about(const std::string& flag_id) {
    json out = json::array();
    for (const auto& d : state.suspects.decisions(flag_id)) out.push_back(words_of(d.record_id));
    return out;
}

Answer Hub::Impl::suspect(const json& in) {
    SuspectRequest request;
    request.unmasked = in.value("unmasked", false);
    request.receipt_holds = receipt_check();
    const std::unique_lock guard(lock);
    sweep();
    const std::string flag_id = in.at("flag_id");
    auto made = hub::suspect(state.projection, state.suspects, flag_id, request);
    if (!made) return no_such_flag();
    (*made)["decisions"] = decisions_about(flag_id);
    if (in.value("form", "text") == "json") return {200, "application/json", made->dump(2) + "\n", {}};
    return {200, "text/plain", suspect_text(*made), {}};
}

Answer Hub::Impl::suspect_rule(const json& in) {
    const auto page = rule_page(in.at("rule").get<std::string>(), parameters);
    if (!page) return problem(404, "unknown_rule", "没有这条规则 / there is no such rule");
    return {200, "text/plain", *page, {}};
}

/// A line of the hub's own journal: it survives a rebuild, and measures the rule.
Answer Hub::Impl::suspect_decide(const json& in) {
    const std::string flag_id = in.at("flag_id"), action = in.at("action"), reason = in.at("reason");
    if (action != "confirm" && action != "dismiss" && action != "ask")
        return problem(400, "unknown_action", "可用 confirm, dismiss, ask / use confirm, dismiss or ask");
    {
        const std::unique_lock guard(lock);
        sweep();
        if (!state.suspects.flag(flag_id)) return no_such_flag();
    }
    auto decision = own_record("decision");
    decision.update({{"about", {{"flag_id", flag_id}}},
                     {"action", action},
                     {"reason", reason},
                     {"officer_id", in.at("officer_id")}});
    auto written = write_own({decision});
    if (written.status != 200) return written;
    return {200, "application/json", json{{"record_id", decision["record_id"]}, {"flag_id", flag_id}}.dump(), {}};
}

/// What other parameters would change, over all records there are; nothing is changed.
Answer Hub::Impl::suspect_dry_run(const json& in) {
    std::optional<loop::rules::Parameters> other;
    try {
        other.emplace(in.at("rules"));
    } catch (const std::runtime_error& e) {
        return problem(400, "bad_parameters", e.what());
    }
    const std::unique_lock guard(lock);
    sweep();
    Suspects under(state.suspects, std::move(*other));
    under.update(state.projection, state.projection.everything());
    under.sweep(state.projection, loop::day_of(options.now()));
    const json body{{"before", flags_in(state.suspects)},
                    {"after", flags_in(under)},
                    {"appear", ids_beyond(under, state.suspects)},
                    {"clear", ids_beyond(state.suspects, under)}};
    return {200, "application/json", body.dump(2) + "\n", {}};
}

}  // namespace imloop::hub
