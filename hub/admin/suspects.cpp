#include "hub/admin/suspects.hpp"

#include <fmt/format.h>

#include <memory>

#include "engine/errors.hpp"
#include "hub/admin/ask.hpp"
#include "hub/admin/form.hpp"
#include "service/files.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

struct SuspectOptions {
    std::string flag_id, rule, grade, station, county, state, from, to, reason, officer, action, policy, out;
    Form form;
    bool unmasked = false;
    std::int64_t limit = 0;
};

json filters(const SuspectOptions& o, const char* list) {
    json body{{"list", list}, {"form", o.form.name()}, {"unmasked", o.unmasked}};
    for (const auto& [name, value] : {std::pair("rule", &o.rule), std::pair("grade", &o.grade),
                                      std::pair("station", &o.station), std::pair("county", &o.county),
                                      std::pair("state", &o.state), std::pair("from", &o.from), std::pair("to", &o.to)})
        put_given(body, name, *value);
    if (o.limit > 0) body["limit"] = o.limit;
    return body;
}

int dry_run(Session& session, const SuspectOptions& o) {
    const auto policy = json_in(o.policy);
    if (!policy.is_object()) throw engine::StoreError("不是策略文件 / no policy file: " + o.policy);
    return print(session.ask("suspect_dry_run", {{"rules", policy.value("rules", json::object())}}));
}

}  // namespace

void add_suspects(CLI::App& app, const OnCommand& on) {
    const auto o = std::make_shared<SuspectOptions>();
    auto* suspects = app.add_subcommand(
        "suspects",
        "需要看一看的记录：规则、物理和统计找出来的\nWhat needs a look: found by rules, physics and statistics\n\n"
        "  hub suspects list --grade strong --from 2026-01-01\n  hub suspects show R04-1f2e3d4c5b6a7980\n"
        "  hub suspects explain R04\n  hub suspects evidence R04-1f2e3d4c5b6a7980 --out case.html\n  hub suspects "
        "decide R04-1f2e3d4c5b6a7980 dismiss --reason 看过录像 --officer "
        "魏岚");
    suspects->require_subcommand(1);

    auto* list = suspects->add_subcommand("list",
                                          "列出标记，可能性大的在前 / list flags, the likeliest first\n\n"
                                          "  hub suspects list --rule R04 --county 610404 --csv");
    list->add_option("--rule", o->rule, "规则 / rule, R04");
    list->add_option("--grade", o->grade, "证据强弱 / evidence")->check(CLI::IsMember({"weak", "medium", "strong"}));
    list->add_option("--station", o->station, "站点 / station");
    list->add_option("--county", o->county, "县区 / county");
    list->add_option("--state", o->state, "状态 / state: open, confirm, dismiss, ask")
        ->check(CLI::IsMember({"open", "confirm", "dismiss", "ask"}));
    list->add_option("--from", o->from, "记录日不早于 / records on or after");
    list->add_option("--to", o->to, "记录日不晚于 / records on or before");
    list->add_option("--limit", o->limit, "最多行数 / rows at most");
    list->add_flag("--unmasked", o->unmasked, "显示完整号牌 / show plates in full");
    o->form.add_to(list);
    on(list, [o](Session& s) { return print(s.ask("suspects", filters(*o, "flags"))); });

    auto* show_ = suspects->add_subcommand(
        "show", "一个标记的全部证据 / one flag with its evidence\n\n  hub suspects show R04-1f2e3d4c5b6a7980 --json");
    show_->add_option("flag", o->flag_id, "编号 / flag")->required();
    show_->add_flag("--unmasked", o->unmasked, "显示完整号牌 / show plates in full");
    show_->add_flag("--json", o->form.as_json, "JSON");
    on(show_, [o](Session& s) {
        return print(s.ask(
            "suspect", {{"flag_id", o->flag_id}, {"form", o->form.as_json ? "json" : "text"}, {"unmasked", o->unmasked}}));
    });

    auto* evidence = suspects->add_subcommand(
        "evidence",
        "一个案件的证据文件：记录（含完整号牌）、数字、图、链与回执的证明，单个 HTML 文件\nThe evidence file of one "
        "case: records (plates in full), numbers, plots and proof, one HTML file\n\n  hub suspects evidence "
        "R04-1f2e3d4c5b6a7980 --out case.html");
    evidence->add_option("flag", o->flag_id, "编号 / flag")->required();
    evidence->add_option("--out", o->out, "文件 / file")->required();
    on(evidence, [o](Session& s) {
        const auto answer = s.ask("suspect_evidence", {{"flag_id", o->flag_id}});
        if (answer.status != 200) return fail(answer);
        service::replace_file(o->out, answer.body);
        fmt::print("证据文件 / evidence file: {}\n", o->out);
        return 0;
    });

    auto* explain = suspects->add_subcommand(
        "explain", "一条规则：找什么、公式、来源、可能的误报 / a rule's page\n\n  hub suspects explain R04");
    explain->add_option("rule", o->rule, "规则 / rule")->required();
    on(explain, [o](Session& s) { return print(s.ask("suspect_rule", {{"rule", o->rule}})); });

    auto* decide =
        suspects->add_subcommand("decide",
                                 "写下决定（记入监管中心自己的日志）：confirm 确认，dismiss 排除，ask 要求说明\n"
                                 "Write a decision into the hub's own journal: confirm, dismiss or ask\n\n"
                                 "  hub suspects decide R04-1f2e3d4c5b6a7980 dismiss --reason 看过录像 --officer 魏岚");
    decide->add_option("flag", o->flag_id, "编号 / flag")->required();
    decide->add_option("action", o->action)->required()->check(CLI::IsMember({"confirm", "dismiss", "ask"}));
    decide->add_option("--reason", o->reason, "理由 / reason")->required();
    decide->add_option("--officer", o->officer, "决定人 / officer")->required();
    on(decide, [o](Session& s) {
        return show(
            s.ask("suspect_decide",
                  {{"flag_id", o->flag_id}, {"action", o->action}, {"reason", o->reason}, {"officer_id", o->officer}}));
    });

    auto* risk = suspects->add_subcommand(
        "risk", "站点风险与十辆车计数 / risk of stations and the ten-vehicle meter\n\n  hub suspects risk --json");
    o->form.add_to(risk);
    on(risk, [o](Session& s) { return print(s.ask("suspects", filters(*o, "risk"))); });

    auto* rules = suspects->add_subcommand(
        "rules", "规则一览与现场准确率 / the rules and their precision in the field\n\n  hub suspects rules");
    o->form.add_to(rules);
    on(rules, [o](Session& s) { return print(s.ask("suspects", filters(*o, "rules"))); });

    auto* dry = suspects->add_subcommand(
        "dry-run",
        "换一份策略文件会出现、消失哪些标记；什么也不改\nWhich flags another policy file would bring or clear; changes "
        "nothing\n\n  hub suspects dry-run policy-new.json");
    dry->add_option("policy", o->policy, "策略文件 / policy file")->required();
    on(dry, [o](Session& s) { return dry_run(s, *o); });
}

}  // namespace imloop::hub
