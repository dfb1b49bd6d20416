#include "hub/admin/case.hpp"

#include <filesystem>
#include <memory>

#include "engine/errors.hpp"
#include "hub/admin/ask.hpp"
#include "hub/admin/form.hpp"
#include "journal/digest.hpp"
#include "service/files.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

struct CaseOptions {
    std::string case_no, action, officer, unit, text, person, deadline, to_department, step;
    std::string county, problem, goal, lead_unit, acceptance_unit, flag, draw, complaint, from, to;
    std::string state, due, source, about;
    std::vector<std::string> measures, joint_units, evidence;
    Form form;
    bool anyway = false;
};

/// `record:ID`, `flag:ID`, or a file that stays where it is: its name, size and digest go into the journal.
json evidence_of(const std::string& given) {
    const auto after = [&](std::string_view mark) { return given.substr(mark.size()); };
    if (given.starts_with("record:")) return {{"record_id", after("record:")}};
    if (given.starts_with("flag:")) return {{"flag_id", after("flag:")}};
    if (!given.starts_with("file:"))
        throw engine::StoreError("证据写成 record:记录号、flag:标记号 或 file:文件：" + given +
                                 " / write evidence as record:ID, flag:ID or file:PATH");
    const std::filesystem::path path = after("file:");
    const auto bytes = service::read_file(path);
    return {{"name", path.filename().string()},
            {"sha256", journal::to_hex(journal::sha256(bytes))},
            {"bytes", bytes.size()}};
}

void put_said(json& body, const CaseOptions& o) {
    body["officer_id"] = o.officer;
    for (const auto& [name, value] : {std::pair("unit", &o.unit), std::pair("text", &o.text),
                                      std::pair("person", &o.person), std::pair("deadline", &o.deadline)})
        put_given(body, name, *value);
    for (const auto& given : o.evidence) body["evidence"].push_back(evidence_of(given));
}

int open(Session& session, const CaseOptions& o) {
    json body{{"county", o.county}, {"anyway", o.anyway}};
    put_said(body, o);
    for (const auto& [name, value] :
         {std::pair("problem", &o.problem), std::pair("goal", &o.goal), std::pair("lead_unit", &o.lead_unit),
          std::pair("acceptance_unit", &o.acceptance_unit)})
        put_given(body, name, *value);
    if (!o.measures.empty()) body["measures"] = o.measures;
    if (!o.joint_units.empty()) body["joint_units"] = o.joint_units;
    json about = json::object();
    for (const auto& [name, value] :
         {std::pair("flag_id", &o.flag), std::pair("draw_id", &o.draw), std::pair("complaint_no", &o.complaint)})
        put_given(about, name, *value);
    if (!o.from.empty() || !o.to.empty()) about.update({{"county", o.county}, {"from", o.from}, {"to", o.to}});
    if (!about.empty()) body["about"] = about;
    return show(session.ask("case_open", body));
}

int step(Session& session, const CaseOptions& o) {
    json body{{"case_no", o.case_no}, {"action", o.action}};
    put_said(body, o);
    put_given(body, "to_department", o.to_department);
    put_given(body, "step", o.step);
    return show(session.ask("case_step", body));
}

int list(Session& session, const CaseOptions& o) {
    json body{{"form", o.form.name()}};
    for (const auto& [name, value] :
         {std::pair("county", &o.county), std::pair("state", &o.state), std::pair("due", &o.due),
          std::pair("person", &o.person), std::pair("source", &o.source), std::pair("about", &o.about)})
        put_given(body, name, *value);
    return print(session.ask("cases", body));
}

void add_said(CLI::App* command, CaseOptions& o) {
    command->add_option("--officer", o.officer, "以谁的名义 / in whose name")->required();
    command->add_option("--unit", o.unit, "其单位 / their unit: ecology, police, transport, market_regulation");
    command->add_option("--text", o.text,
                        "说明，写入日志，不写号牌和电话 / words for the journal, no plates or telephones");
    command->add_option(
        "--evidence", o.evidence,
        "证据，可多次；文件只记名称和摘要 / evidence, of files name and digest alone: record:ID, flag:ID, "
        "file:PATH");
}

}  // namespace

void add_case(CLI::App& app, const OnCommand& on) {
    const auto o = std::make_shared<CaseOptions>();
    auto* of_case = app.add_subcommand(
        "case",
        "整改台账：立案、整改、提交、验收、公示、销号；每一步是监管中心日志里的一行\n"
        "The ledger of problems: opened, rectified, submitted, accepted, published, closed; each step is a line of the "
        "hub's journal\n\n"
        "  hub case list --due overdue\n  hub case show 2026-610402-0007");
    of_case->require_subcommand(1);

    auto* list_ = of_case->add_subcommand("list",
                                          "列出，未销号的，期限近的在前 / list those not closed, by deadline\n\n"
                                          "  hub case list --county 610402 --due soon\n"
                                          "  hub case list --state all --source flag_id --csv");
    list_->add_option("--county", o->county, "县区 / county");
    list_->add_option("--state", o->state,
                      "状态 / state: open, rectifying, submitted, accepted, published, closed, all");
    list_->add_option("--due", o->due, "overdue 逾期，soon 7 天内到期 / overdue, or due within 7 days")
        ->check(CLI::IsMember({"overdue", "soon"}));
    list_->add_option("--person", o->person, "责任人 / who is responsible");
    list_->add_option("--source", o->source, "来由 / origin: flag_id, county, complaint_no, draw_id, hand");
    list_->add_option("--about", o->about, "来由编号 / the origin's id");
    o->form.add_to(list_);
    on(list_, [o](Session& s) { return list(s, *o); });

    auto* show_ = of_case->add_subcommand(
        "show", "一个案件和它的每一步 / one case with its steps\n\n  hub case show 2026-610402-0007 --json");
    show_->add_option("case", o->case_no, "编号 / number")->required();
    show_->add_flag("--json", o->form.as_json, "JSON");
    on(show_, [o](Session& s) {
        return print(s.ask("case_show", {{"case_no", o->case_no}, {"form", o->form.as_json ? "json" : "text"}}));
    });

    auto* open_ = of_case->add_subcommand(
        "open",
        "立案，编号由监管中心给 / open a case; the hub gives its number\n\n"
        "  hub case open --county 610402 --problem 秦都二站读数刚好低于限值 --flag R03-1f2e3d4c5b6a7980 --lead ecology "
        "--joint market_regulation --person zhaomin --deadline 2026-12-31 --acceptance transport --officer zhaomin\n"
        "  hub case open --county 610428 --problem 没有一辆进站维修 --from 2026-07-01 --to 2026-09-30 --lead transport "
        "--person gaowen --deadline 2026-12-31 --acceptance ecology --officer gaowen");
    open_->add_option("--county", o->county, "县区 / county")->required();
    open_->add_option("--problem", o->problem, "问题 / problem")->required();
    open_->add_option("--goal", o->goal, "目标 / goal");
    open_->add_option("--measure", o->measures, "措施，可多次 / a measure; several times");
    open_->add_option("--lead", o->lead_unit, "牵头单位 / lead unit")->required();
    open_->add_option("--joint", o->joint_units, "配合单位，可多次 / a joint unit; several times");
    open_->add_option("--person", o->person, "责任人，一位 / the one who is responsible")->required();
    open_->add_option("--deadline", o->deadline, "期限，当天算在内 / deadline, that day included")->required();
    open_->add_option("--acceptance", o->acceptance_unit, "验收单位 / who accepts it")->required();
    auto* flag = open_->add_option("--flag", o->flag, "来自可疑记录 / from a suspect record");
    auto* draw = open_->add_option("--draw", o->draw, "来自抽查 / from a draw")->excludes(flag);
    auto* complaint =
        open_->add_option("--complaint", o->complaint, "来自投诉 / from a complaint")->excludes(flag)->excludes(draw);
    for (auto* option : {open_->add_option("--from", o->from, "县区在这段时间落后 / the county was behind from"),
                         open_->add_option("--to", o->to, "到 / to")})
        option->excludes(flag)->excludes(draw)->excludes(complaint);
    open_->add_flag("--anyway", o->anyway, "已有同一来由的也另立 / although there is one for the same");
    add_said(open_, *o);
    on(open_, [o](Session& s) { return open(s, *o); });

    auto* step_ = of_case->add_subcommand(
        "step",
        "写下一步：begin 开始整改，assign 改责任人，evidence 补证据，comment 说明，hand_over 移交，submit "
        "提交验收，return "
        "退回，accept 通过，publish 公示，close 销号，reopen 重开\n"
        "Write a step: begin, assign, evidence, comment, hand_over, submit, return, accept, publish, close, reopen\n\n"
        "  hub case step 2026-610402-0007 submit --officer zhaomin --evidence file:report.pdf\n"
        "  hub case step 2026-610402-0007 hand_over --to police --step given --officer zhaomin --unit ecology\n"
        "  hub case step 2026-610402-0007 hand_over --to police --step done --text 已处罚 --officer liujing --unit "
        "police\n"
        "  hub case step 2026-610402-0007 accept --officer weilan --unit transport");
    step_->add_option("case", o->case_no, "编号 / number")->required();
    step_->add_option("action", o->action, "哪一步 / which")->required();
    step_->add_option("--to", o->to_department, "移交给 / handed over to");
    step_->add_option("--step", o->step, "given 移交，received 签收，returned 退回，done 办完")
        ->check(CLI::IsMember({"given", "received", "returned", "done"}));
    step_->add_option("--person", o->person, "新的责任人 / who is responsible from now on");
    step_->add_option("--deadline", o->deadline, "退回或重开时的新期限 / a new deadline where it goes back");
    add_said(step_, *o);
    on(step_, [o](Session& s) { return step(s, *o); });
}

}  // namespace imloop::hub
