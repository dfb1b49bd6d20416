#include "hub/report/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace imloop::hub {
namespace {

using loop::Case;
using loop::Day;
using nlohmann::json;

constexpr const char* by_hand = "hand";

std::string source_of(const Case& one) { return one.task.about.kind.empty() ? by_hand : one.task.about.kind; }

bool is_due_soon(const Case& one, Day today) {
    return one.is_due() && !one.is_overdue(today) && *one.task.deadline <= today + due_soon_days;
}

bool is_wanted(const Case& one, const CaseRequest& request) {
    const auto fits = [](const std::string& wanted, const std::string& has) { return wanted.empty() || wanted == has; };
    const bool state = request.state.empty() ? one.state != loop::CaseState::closed
                                             : request.state == "all" || request.state == name_of(one.state);
    const bool due = request.due.empty()     ? true
                     : request.due == "soon" ? is_due_soon(one, request.today)
                                             : one.is_overdue(request.today);
    return state && due && fits(request.person, one.task.person) && fits(request.source, source_of(one)) &&
           fits(request.about, one.task.about.id);
}

constexpr Day days_before_all = 10'000'000;

auto case_order(const ListedCase& one) {
    return std::tuple(one.held.is_due() ? 0 : 1, *one.held.task.deadline, one.no.year, std::string_view(one.no.county),
                      one.no.number);
}

json day(const std::optional<Day>& of) { return of ? json(loop::format_day(*of)) : json(); }

/// Codes as a sentence, for one cell.
json units(const std::vector<std::string>& codes) {
    loop::Words out;
    for (const auto& code : codes) {
        const auto words = code_words("unit", code);
        out.zh += (out.zh.empty() ? "" : "、") + words.zh;
        out.en += (out.en.empty() ? "" : ", ") + words.en;
    }
    return {{"zh", out.zh}, {"en", out.en}};
}

template <const char* list>
loop::Words words(std::string_view code) {
    return code.empty() ? loop::Words{"–", "–"} : code_words(list, code);
}
constexpr char states[] = "case_state", dues[] = "case_due", sources[] = "case_source", unit_list[] = "unit";

json evidence_object(const loop::CaseEvidence& one) {
    if (!one.record_id.empty()) return {{"record_id", one.record_id}};
    if (!one.flag_id.empty()) return {{"flag_id", one.flag_id}};
    return {{"name", one.name}, {"sha256", one.sha256}, {"bytes", one.bytes}};
}

json step_object(const loop::CaseLine& line) {
    json out{{"record_id", line.record_id},
             {"at", loop::format_moment(line.occurred_at)},
             {"action", name_of(line.action)},
             {"officer_id", line.officer_id},
             {"unit", line.unit},
             {"text", line.text},
             {"person", line.task.person},
             {"deadline", day(line.task.deadline)},
             {"evidence", json::array()}};
    if (line.step) out.update({{"to_department", line.to_department}, {"step", name_of(*line.step)}});
    if (line.refused) out["without_effect"] = name_of(*line.refused);
    for (const auto& one : line.evidence) out["evidence"].push_back(evidence_object(one));
    return out;
}

std::string said(const char* list, const json& code) { return code_words(list, code.get<std::string>()).zh; }

}  // namespace

loop::Words code_words(std::string_view list, std::string_view code) {
    for (const auto& row : loop::rows_of("codes/" + std::string(list)))
        if (row.at("code") == code) return {row.at("zh"), row.at("en")};
    return {std::string(code), std::string(code)};
}

std::string place_of(const ListedCase& one) {
    const auto [later, deadline, year, county, number] = case_order(one);
    return fmt::format("{} {:08} {:04} {} {:07}", later, days_before_all + deadline, year, county, number);
}

std::vector<ListedCase> wanted_cases(const loop::Projection& projection, const CaseRequest& request,
                                     const std::function<bool(std::string_view)>& sees) {
    std::vector<ListedCase> out;
    const auto take = [&](const loop::CaseNo& no, const Case& one) {
        if (sees(no.county) && is_wanted(one, request)) out.push_back({no, one});
    };
    if (request.county.empty())
        projection.cases().each(take);
    else
        projection.cases().each_of(request.county, take);
    std::ranges::sort(out, {}, case_order);
    return out;
}

json case_counts(const std::vector<ListedCase>& cases, Day today) {
    json out{{"overdue", 0}, {"soon", 0}, {"states", json::object()}};
    for (const auto& row : loop::rows_of("codes/case_state")) out["states"][row.at("code").get<std::string>()] = 0;
    const auto count = [](json& number) { number = number.get<int>() + 1; };
    for (const auto& one : cases) {
        count(out["states"][std::string(name_of(one.held.state))]);
        if (one.held.is_overdue(today)) count(out["overdue"]);
        if (is_due_soon(one.held, today)) count(out["soon"]);
    }
    return out;
}

std::string_view due_of(const Case& one, Day today) {
    const Day deadline = *one.task.deadline;
    if (!one.is_due()) return one.submitted_on.value_or(today) <= deadline ? "in_time" : "late";
    if (one.is_overdue(today)) return today > deadline + escalated_days ? "escalated" : "overdue";
    return today == deadline ? "today" : is_due_soon(one, today) ? "soon" : "later";
}

std::vector<Column> case_columns() {
    return {{"case_no", "编号", "case"},
            {"county", "县区", "county", false, county_words},
            {"state", "状态", "state", false, words<states>},
            {"due", "时限", "due", false, words<dues>},
            {"days_left", "还有（天）", "days left"},
            {"deadline", "期限", "deadline"},
            {"problem", "问题", "problem"},
            {"goal", "目标", "goal"},
            {"person", "责任人", "responsible"},
            {"lead_unit", "牵头单位", "lead unit", false, words<unit_list>},
            {"joint", "配合单位", "joint units"},
            {"acceptance_unit", "验收单位", "acceptance unit", false, words<unit_list>},
            {"source", "来由", "origin", false, words<sources>},
            {"about", "来由编号", "origin's id"},
            {"opened_at", "立案", "opened"},
            {"submitted_on", "提交", "submitted"}};
}

json case_object(const ListedCase& of, Day today) {
    const auto& [no, one] = of;
    const auto& task = one.task;
    return {{"case_no", format_case_no(no)},
            {"county", no.county},
            {"state", name_of(one.state)},
            {"due", due_of(one, today)},
            {"days_left", one.is_due() ? json(*task.deadline - today) : json()},
            {"deadline", day(task.deadline)},
            {"problem", task.problem},
            {"goal", task.goal},
            {"person", task.person},
            {"lead_unit", task.lead_unit},
            {"joint", units(task.joint_units)},
            {"acceptance_unit", task.acceptance_unit},
            {"source", source_of(one)},
            {"about", task.about.id},
            {"opened_at", loop::format_moment(one.opened_at)},
            {"submitted_on", day(one.submitted_on)}};
}

json case_story(const loop::Projection& projection, const ListedCase& of, Day today) {
    auto out = case_object(of, today);
    out["from"] = day(of.held.task.about.from);
    out["to"] = day(of.held.task.about.to);
    out["measures"] = of.held.task.measures;
    out["joint_units"] = of.held.task.joint_units;
    out["mark"] = of.held.latest;
    out["hand_overs"] = json::array();
    for (const auto& one : of.held.hand_overs)
        out["hand_overs"].push_back(
            {{"department", one.department}, {"step", name_of(one.step)}, {"at", loop::format_moment(one.at)}});
    out["steps"] = json::array();
    for (const auto& line : projection.cases().lines(of.no)) out["steps"].push_back(step_object(line));
    return out;
}

std::string case_text(const json& story) {
    const auto text = [&](const char* name) { return story.at(name).get<std::string>(); };
    std::string out =
        fmt::format("{}  {}  {}\n", text("case_no"), county_words(text("county")).zh, said(states, story.at("state")));
    const auto line = [&](const char* name, const std::string& value) {
        if (!value.empty()) out += fmt::format("  {}：{}\n", name, value);
    };
    line("问题", text("problem"));
    line("目标", text("goal"));
    for (const auto& measure : story.at("measures")) line("措施", measure);
    line("责任人", text("person"));
    line("期限", text("deadline") + "，" + said(dues, story.at("due")));
    line("牵头", said(unit_list, story.at("lead_unit")));
    line("配合", story.at("joint").at("zh"));
    line("验收", said(unit_list, story.at("acceptance_unit")));
    line("来由", said(sources, story.at("source")) + " " + text("about"));
    for (const auto& one : story.at("steps")) {
        out += fmt::format("{}  {}  {}", one.at("at").get<std::string>(), said("case_action", one.at("action")),
                           one.at("officer_id").get<std::string>());
        if (one.contains("step"))
            out += fmt::format("  {} {}", said(unit_list, one.at("to_department")),
                               said("hand_over_step", one.at("step")));
        if (const auto words = one.at("text").get<std::string>(); !words.empty()) out += "  " + words;
        for (const auto& evidence : one.at("evidence")) out += "  " + evidence.dump();
        if (one.contains("without_effect")) out += "  （无效：" + one.at("without_effect").get<std::string>() + "）";
        out += "\n";
    }
    return out;
}

Report report_cases(const loop::Projection& projection, const CaseRequest& request) {
    Report out{"整改台账", "Ledger of problems", case_columns(), {}, {{"today", loop::format_day(request.today)}}};
    const auto cases = wanted_cases(projection, request, [](std::string_view) { return true; });
    for (const auto& one : cases) out.rows.push_back(object_row(out.columns, case_object(one, request.today)));
    out.about["count"] = cases.size();
    out.about.update(case_counts(cases, request.today));
    return out;
}

}  // namespace imloop::hub
