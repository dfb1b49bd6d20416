#include "station/page/correcting.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "journal/json.hpp"
#include "loop/admission.hpp"
#include "loop/written/text.hpp"
#include "station/corrections.hpp"
#include "station/form_ids.hpp"
#include "station/ids.hpp"
#include "station/own_records.hpp"
#include "station/page/members.hpp"

namespace imloop::station::page {

using nlohmann::json;

namespace {

constexpr const char* field_prefix = "at";  ///< of a member's field, before its pointer

/// The line with the record as it counts now; a void one as it was before.
struct Subject {
    std::uint64_t seq = 0;
    json original, now;
    bool is_void = false;
    std::string after;  ///< id of the correction in force; empty where there is none
    std::string record_id() const { return original.value("record_id", ""); }
};

std::optional<Subject> subject_of(Site& site, const Request& r) {
    const auto seq = static_cast<std::uint64_t>(std::max(0L, std::atol(r.value("seq").c_str())));
    const auto found = site.outbox().recent("", seq + 1, 1);
    if (found.empty() || found[0].seq != seq || found[0].status == "rejected") return std::nullopt;
    auto record = journal::parsed_or_discarded(found[0].line);
    if (!record.is_object() || record.value("schema", "") == "imloop/correction/1") return std::nullopt;
    const auto corrections = corrections_since(site.outbox(), seq);
    auto now = corrected(record, corrections);
    const bool is_void = now.is_null();
    const auto in_force = corrections.find(record.value("record_id", ""));
    const auto after = in_force == corrections.end() ? "" : in_force->second.value("record_id", "");
    return Subject{seq, record, is_void ? record : std::move(now), is_void, after};
}

Html member_field(const Member& member, const std::string& text, const FieldProblems& problems, const Language& w) {
    const auto name = field_prefix + member.pointer;
    const auto problem = problem_of(problems, member.pointer);
    const FieldProblems here{{name, problem}};
    auto list = choices(member, w);
    Html field;
    if (list.empty()) {
        field = html(R"(<input id="{}" name="{}" value="{}" autocomplete="off"{}>)", name, name, text,
                     field_marks(here, name));
    } else {
        if (const auto now = field_text(member.value);
            !now.empty() && std::ranges::find(list, now, &Choices::value_type::first) == list.end())
            list.insert(list.begin(), {now, now});
        field = html(R"(<select id="{}" name="{}"{}>{}</select>)", name, name, field_marks(here, name),
                     options(list, text, "—"));
    }
    return html(R"(<tr{}><td><label class="inline" for="{}">{}</label></td><td>{}</td><td>{}{}</td></tr>)",
                field_class(here, name), name, member.label, shown_text(member, w), field, field_error(here, name));
}

Html form_of(const Site& site, const Request& r, const Subject& subject) {
    const auto& w = r.words;
    const auto told = r.told.value_or(Told{});
    Html rows;
    for (const auto& member : correctable(subject.now, w)) {
        const auto typed = r.form.find(field_prefix + member.pointer);
        rows +=
            member_field(member, typed == r.form.end() ? field_text(member.value) : typed->second, told.problems, w);
    }
    const auto summary = summary_of(subject.now, w);
    return html(
        R"(<div class="pad"><h1>{} · {}</h1><p class="meta">{}</p><p>{}</p>{}<form method="post" action="/correct"><input type="hidden" name="token" value="{}"><input type="hidden" name="seq" value="{}"><input type="hidden" name="after" value="{}">
<div class="fields"><div{}><label for="reason">{}</label><textarea id="reason" name="reason" rows="2" cols="60" required{}>{}</textarea>{}</div><div><label for="approved_by">{}</label><input id="approved_by" name="approved_by" value="{}"></div></div>
<p class="actions"><button class="main" name="action" value="replace">{}</button><button name="action" value="void">{}</button><a href="/record?seq={}">{}</a></p>
<table class="narrow"><thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table></form></div>)",
        w("更正", "Correct"), summary.what, summary.detail,
        w("原记录不改不删；更正是一条新记录，新旧值和理由监管部门都能看到。",
          "The record stays as it is; a correction is a record of its own, and the bureau sees both values and the "
          "reason."),
        told_note(told), site.token, subject.seq, subject.after, field_class(told.problems, "reason"),
        w("理由（必填）", "Reason (required)"), field_marks(told.problems, "reason"), r.value("reason"),
        field_error(told.problems, "reason"), w("批准人（可不填）", "Approved by (optional)"), r.value("approved_by"),
        w("写更正", "Write the correction"), w("整条作废", "Void the whole record"), subject.seq,
        w("不改了", "Leave it"), w("内容", "Member"), w("现在", "Now"), w("应是", "Should be"), rows);
}

}  // namespace

std::optional<Html> correcting(Site& site, const Request& r) {
    const auto subject = subject_of(site, r);
    if (!subject) return std::nullopt;
    return form_of(site, r, *subject);
}

namespace {

/// The record as the form has it; nothing where it is to be void.
std::optional<json> replacement_of(const Request& r, const Subject& subject, FieldProblems& problems) {
    if (r.value("action") == "void") return std::nullopt;
    std::vector<Typed> typed;
    for (const auto& [name, text] : r.form)
        if (name.starts_with(std::string(field_prefix) + "/"))
            typed.push_back({name.substr(std::string_view(field_prefix).size()), text});
    return with_typed(subject.now, typed, problems, r.words);
}

/// What the replacement lacks or contradicts, beside its member and by the member's name on the page.
FieldProblems problems_in(const json& correction, const Subject& subject, const std::string& station_id,
                          const Language& w) {
    constexpr std::string_view at = "/replacement";
    const auto members = correctable(subject.now, w);
    FieldProblems out;
    for (const auto& problem : loop::admit(correction.dump(), station_id, unix_now()).problems) {
        if (!problem.pointer.starts_with(at)) continue;
        const auto member = std::ranges::find(members, problem.pointer.substr(at.size()), &Member::pointer);
        if (member == members.end()) continue;
        auto text = w.lang == Lang::zh ? problem.zh : problem.en;
        if (const auto name = text.find(problem.pointer); name != std::string::npos)
            text.replace(name, problem.pointer.size(), member->label);
        out.push_back({member->pointer, std::move(text)});
    }
    return out;
}

/// Whether a correction that was saved says what this form says.
bool says_the_same(Site& site, const std::string& id, const Request& r, const std::optional<json>& replacement) {
    if (!site.is_saved(id)) return false;
    const auto saved = journal::parsed_or_discarded(site.outbox().line_of(id));
    return saved.is_object() && saved.value("reason", "") == r.value("reason") &&
           saved.value("replacement", json()) == replacement.value_or(json());
}

}  // namespace

Next correct(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto subject = subject_of(site, r);
    const auto line = "?seq=" + std::to_string(std::max(0L, std::atol(r.value("seq").c_str())));
    if (!subject) return {"/record" + line};
    Told wrong{Tone::warn, "", {}, {}};
    const auto replacement = replacement_of(r, *subject, wrong.problems);
    const auto id = form_id(subject->record_id(), "correction after " + r.value("after"));
    Next done{"/record" + line, Told{Tone::good, std::string(w("更正已写下。", "The correction is written.")), {}, {}}};
    if (r.value("after") != subject->after) {
        if (says_the_same(site, id, r, replacement)) return done;
        wrong.text = w("这条记录刚才更正过，这里还没有写入。您填写的都在下面，请对照“现在”一栏再提交。",
                       "This record was corrected meanwhile; nothing was written now. What you typed stands below: "
                       "compare it with what holds and send it again.");
        return {"/correct" + line, std::move(wrong)};
    }
    if (loop::trimmed(r.value("reason")).empty())
        wrong.problems.push_back({"reason", std::string(w("请写理由。", "Give the reason."))});
    if (wrong.problems.empty() && replacement && *replacement == subject->now && !subject->is_void) {
        wrong.text = w("没有改动任何内容。", "Nothing was changed.");
    } else if (wrong.problems.empty()) {
        auto correction = correction_of(site.config(), subject->record_id(), r.value("reason"), replacement);
        correction["record_id"] = id;
        if (!r.value("approved_by").empty()) correction["approved_by"] = r.value("approved_by");
        wrong.problems = problems_in(correction, *subject, site.config().station_id, w);
        if (wrong.problems.empty()) {
            const auto problems = site.save(correction, w);
            if (problems.empty()) return done;
            for (const auto& text : problems) wrong.text += (wrong.text.empty() ? "" : " ") + text;
        }
    }
    if (!wrong.problems.empty())
        wrong.text = w("还没有写入，填写的内容都在。", "Nothing was written; what you typed is kept.");
    return {"/correct" + line, std::move(wrong)};
}

Html correction_note(const json& record, const json& correction, const Language& w) {
    if (!correction.is_object()) return {};
    Html rows;
    if (correction.contains("replacement"))
        for (const auto& change : changes_between(record, correction["replacement"], w))
            rows += html("<li>{}：<del>{}</del> <ins>{}</ins></li>", change.label, change.before, change.after);
    return html(
        R"(<div class="correction"><p>{} {}{}</p><ul>{}</ul></div>)",
        status_word({std::string(correction.contains("replacement") ? w("已更正", "Corrected") : w("已作废", "Void")),
                     "review", Tone::warn, "", ""}),
        w("理由：", "Reason: "), correction.value("reason", ""), rows);
}

}  // namespace imloop::station::page
