// The ledger of problems (loop/cases.hpp): what is read of it, and each step as a line of the hub's own journal. A step
// that would have no effect is refused and leaves no line.
#include "hub/report/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <span>

#include "hub/calls/calls.hpp"
#include "hub/calls/shown.hpp"
#include "loop/admission.hpp"

namespace imloop::hub::calls {
namespace {

using loop::Case;
using loop::CaseNo;
using nlohmann::json;

/// What an officer may say of a step beside who they are.
constexpr std::array said_of_open{"about",           "problem",     "goal",     "measures",
                                  "lead_unit",       "joint_units", "person",   "deadline",
                                  "acceptance_unit", "text",        "evidence", "unit"};
constexpr std::array said_of_step{"unit", "text", "to_department", "step", "person", "deadline", "evidence"};

json line_of(OwnJournal& own, const json& in, std::span<const char* const> names) {
    auto out = own.record("case");
    for (const auto* name : names)
        if (const auto it = in.find(name); it != in.end() && !it->is_null() && *it != "") out[name] = *it;
    out["officer_id"] = in.at("officer_id");
    return out;
}

/// Codes of units are known, so are records that are named; lists end somewhere.
std::optional<Answer> unfit(const loop::Projection& projection, const json& line) {
    const auto is_one = [](const json& code) { return code.is_string() && is_unit(code.get<std::string>()); };
    const auto known = [&](const json& of) { return of.is_array() ? std::ranges::all_of(of, is_one) : is_one(of); };
    for (const auto* name : {"unit", "lead_unit", "acceptance_unit", "to_department", "joint_units"})
        if (line.contains(name) && !known(line.at(name))) return unit_unknown(name);
    for (const auto& [name, most] :
         {std::pair("measures", case_measures_max), std::pair("evidence", case_evidence_max)})
        if (line.contains(name) && line.at(name).size() > most)
            return problem(422, {"too_many_items", fmt::format("{} 最多 {} 项", name, most),
                                 fmt::format("{} takes {} items at most", name, most)});
    if (line.contains("evidence") && line.at("evidence").is_array())
        for (const auto& one : line.at("evidence"))
            if (one.is_object() && one.contains("record_id") && one.at("record_id").is_string() &&
                !projection.journal_line(one.at("record_id").get<std::string>()))
                return problem(422, {"evidence_unknown", "没有这条记录，请核对记录号", "there is no such record"});
    return std::nullopt;
}

/// The line as the ledger would take it; why it is none.
struct Judged {
    std::optional<loop::CaseLine> line;
    Answer refusal;
};
Judged judged(Context& c, const json& record) {
    const auto admitted = loop::admit(dumped(record), c.hub.id, c.now);
    for (const auto& p : admitted.problems)
        return {{}, problem(422, {p.code, p.pointer + " " + p.zh, p.pointer + " " + p.en})};
    if (!admitted.case_line) return {{}, refused_step(loop::CaseRefusal::case_unread)};
    return {admitted.case_line, {}};
}

/// A case that is not closed and was opened for the same.
std::optional<CaseNo> same_subject(const loop::Projection& projection, const loop::CaseLine& line) {
    std::optional<CaseNo> out;
    const auto& about = line.task.about;
    if (about.kind.empty()) return out;
    projection.cases().each_of(line.no.county, [&](const CaseNo& no, const Case& one) {
        const auto& other = one.task.about;
        if (one.state != loop::CaseState::closed && other.kind == about.kind && other.id == about.id &&
            other.from == about.from && other.to == about.to)
            out = no;
    });
    return out;
}

CaseRequest request_of(const Context& c, const json& in) {
    return {loop::day_of(c.now), in.value("county", ""), in.value("person", ""), in.value("state", ""),
            in.value("due", ""), in.value("source", ""), in.value("about", "")};
}

/// Answers with what stands behind the line: another hub may have written of the same case since it was looked at.
Answer written(Context& c, const json& record) {
    c.release();
    if (auto answer = c.hub.own->write({record}); answer.status != 200) return answer;
    const auto& cases = c.reader().loop.projection.cases();
    if (const auto why = cases.without_effect(record.at("record_id"))) return refused_step(*why);
    const auto* held = cases.find(loop::parse_case_no(record.at("case_no").get<std::string>()).value());
    return json_answer({{"case_no", record.at("case_no")},
                        {"record_id", record.at("record_id")},
                        {"state", name_of(held->state)}});
}

}  // namespace

Answer refused_step(loop::CaseRefusal why) {
    const auto words = code_words("case_refusal", name_of(why));
    return problem(409, {std::string(name_of(why)), words.zh, words.en});
}

Answer cases(Context& c, const json& in) {
    return rendered(report_cases(c.reader().loop.projection, request_of(c, in)), in.value("form", "table"));
}

Answer case_show(Context& c, const json& in) {
    const auto no = loop::parse_case_no(in.at("case_no").get<std::string>());
    const auto& projection = c.reader().loop.projection;
    const auto* held = no ? projection.cases().find(*no) : nullptr;
    if (!held) return no_such_case();
    const auto story = case_story(projection, {*no, *held}, loop::day_of(c.now));
    if (in.value("form", "text") == "json") return {200, "application/json", story.dump(2) + "\n", {}};
    return {200, "text/plain", case_text(story), {}};
}

Answer case_open(Context& c, const json& in) {
    const std::lock_guard one(c.hub.case_steps);
    const std::string county = in.at("county");
    const auto today = loop::day_of(c.now);
    const auto& projection = c.reader().loop.projection;
    if (!projection.policy(today).inside(county))
        return problem(422, {"county_unfit", "县区应是本中心的", "the county is none of this hub's"});
    auto record = line_of(*c.hub.own, in, said_of_open);
    const auto no = projection.cases().next(county, std::stoi(loop::format_day(today)));
    record.update({{"case_no", format_case_no(no)}, {"action", "open"}, {"type", "case"}});
    if (auto refusal = unfit(projection, record)) return std::move(*refusal);
    const auto read = judged(c, record);
    if (!read.line) return read.refusal;
    if (*read.line->task.deadline < today)
        return problem(422, {"deadline_past", "期限已过，请写今天或以后", "the deadline has passed: today or later"});
    if (const auto other = same_subject(projection, *read.line); other && in.value("anyway", json()) != true) {
        auto refusal = problem(409, {"case_exists", "已有未销号的案件 " + format_case_no(*other) + "，确要另立请再确认",
                                     "there is a case that is not closed: " + format_case_no(*other)});
        refusal.members = {{"case_no", format_case_no(*other)}};
        return refusal;
    }
    return written(c, record);
}

Answer case_step(Context& c, const json& in) {
    const std::lock_guard one(c.hub.case_steps);
    const auto no = loop::parse_case_no(in.at("case_no").get<std::string>());
    const auto& projection = c.reader().loop.projection;
    const auto* held = no ? projection.cases().find(*no) : nullptr;
    if (!held) return no_such_case();
    if (in.contains("mark") && in.at("mark") != held->latest)
        return problem(
            412, {"someone_was_first", "别人已经处理，您的这一步没有写入", "someone was first; yours was not written"});
    auto record = line_of(*c.hub.own, in, said_of_step);
    record.update({{"case_no", format_case_no(*no)}, {"action", in.at("action")}});
    if (auto refusal = unfit(projection, record)) return std::move(*refusal);
    const auto read = judged(c, record);
    if (!read.line) return read.refusal;
    if (const auto why = refusal(held, *read.line)) return refused_step(*why);
    if (held->steps >= case_steps_max)
        return problem(409,
                       {"case_full", "这个案件的记录已满，请另立一件", "the case takes no more steps: open another"});
    return written(c, record);
}

}  // namespace imloop::hub::calls
