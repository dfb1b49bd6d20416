#include "hub/admin/policy.hpp"

#include <memory>

#include "engine/errors.hpp"
#include "hub/admin/ask.hpp"
#include "loop/json.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

struct PolicyOptions {
    std::string on, officer, valid_from, file, id;
    std::vector<std::string> values;
    bool as_json = false;
    const char* form() const { return as_json ? "json" : "table"; }
};

std::vector<std::string> parts(const std::string& text, char between) {
    std::vector<std::string> out(1);
    for (const char c : text)
        if (c == between)
            out.emplace_back();
        else
            out.back() += c;
    return out;
}

/// `hold_minutes=20`, `counties.610404.repair_days=25`, `watched_stations=I610404-01,I610428-02`, `rules.R03=null`.
json value_of(const std::string& given) {
    const auto at = given.find('=');
    if (at == std::string::npos || at == 0)
        throw engine::StoreError("应写成 项目=值：" + given + " / write it as MEMBER=VALUE");
    const auto name = given.substr(0, at), text = given.substr(at + 1);
    json value = loop::json_of(text);
    if (name == "watched_stations" || name == "repair_required_members") {
        if (value.is_discarded()) value = text.empty() ? json::array() : json(parts(text, ','));
    } else if (value.is_discarded() || name == "city") {
        value = text;
    }
    return json::array({parts(name, '.'), value});
}

int set(Session& session, const PolicyOptions& o) {
    json body{{"officer_id", o.officer}, {"form", o.form()}, {"values", json::array()}};
    put_given(body, "valid_from", o.valid_from);
    for (const auto& given : o.values) body["values"].push_back(value_of(given));
    if (!o.file.empty()) body["words"] = json_in(o.file);
    return print(session.ask("policy_set", body));
}

}  // namespace

void add_policy(CLI::App& app, const OnCommand& on) {
    const auto o = std::make_shared<PolicyOptions>();
    auto* policy = app.add_subcommand(
        "policy",
        "政策：维修与复检期限、目标、县区、规则参数；一人提议，另一人确认，写入日志，自生效日起算\n"
        "Deadlines, targets, counties, parameters of rules: one officer proposes, another confirms, a line of the "
        "journal that holds from its day on\n\n"
        "  hub policy show --on 2026-01-01\n"
        "  hub policy set --officer 魏岚 --valid-from 2027-01-01 repair_days=25 "
        "counties.610404.repair_rate_target=0.92\n"
        "  hub policy confirm 0192… --officer 孟佳");
    policy->require_subcommand(1);
    auto* shown = policy->add_subcommand(
        "show",
        "某天现行的政策，默认今天 / in force on a day, today by default\n\n  hub policy show --on 2026-01-01 --json");
    shown->add_option("--on", o->on, "日期 / day");
    on(shown, [o](Session& s) {
        json body{{"form", o->form()}};
        put_given(body, "on", o->on);
        return print(s.ask("policy_show", body));
    });
    auto* history = policy->add_subcommand("history", "各条政策，新的在前 / its lines, the latest first");
    on(history, [o](Session& s) { return print(s.ask("policy_history", {{"form", o->form()}})); });
    auto* proposals = policy->add_subcommand("proposals", "待确认的提议 / what waits for another officer");
    on(proposals, [o](Session& s) { return print(s.ask("policy_proposals", {{"form", o->form()}})); });
    auto* set_ = policy->add_subcommand(
        "set",
        "提议改政策，列出会改变什么；由另一人确认后才写入。值为 null 即取消\n"
        "Propose a change and list what it would change; written when another officer confirms. null ends a value\n\n"
        "  hub policy set --officer 魏岚 --valid-from 2027-01-01 repair_days=25\n"
        "  hub policy set --officer 魏岚 counties.610404.retest_days=10 watched_stations=I610404-01,I610428-02\n"
        "  hub policy set --officer 魏岚 rules.R03.parameters.lambda_difference_max=0.08 rules.R04.enabled=false\n"
        "  hub policy set --officer 魏岚 --valid-from 2027-01-01 --file policy-new.json");
    set_->add_option("--officer", o->officer, "提议人 / who proposes it")->required();
    set_->add_option(
        "--valid-from", o->valid_from,
        "生效日，默认明天；今天可以，过去不行 / holds from this day on, tomorrow by default; not a past one");
    auto* values = set_->add_option("values", o->values, "项目=值 / MEMBER=VALUE");
    set_->add_option("--file", o->file, "JSON，同日志里的政策 / JSON, as a policy in the journal")->excludes(values);
    on(set_, [o](Session& s) { return set(s, *o); });
    auto* confirm =
        policy->add_subcommand("confirm",
                               "由提议人以外的人确认，写入日志 / write a proposal; not by who proposed it\n\n"
                               "  hub policy confirm 0192… --officer 孟佳");
    auto* drop = policy->add_subcommand("drop", "撤回提议 / take a proposal back\n\n  hub policy drop 0192…");
    for (auto* command : {confirm, drop}) command->add_option("proposal", o->id, "提议 / proposal")->required();
    confirm->add_option("--officer", o->officer, "确认人 / who confirms it")->required();
    on(confirm, [o](Session& s) { return show(s.ask("policy_confirm", {{"id", o->id}, {"officer_id", o->officer}})); });
    on(drop, [o](Session& s) { return show(s.ask("policy_drop", {{"id", o->id}})); });
    for (auto* command : {shown, history, proposals, set_}) command->add_flag("--json", o->as_json, "JSON");
}

}  // namespace imloop::hub
