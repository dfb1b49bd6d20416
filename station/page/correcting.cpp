#include "station/page/correcting.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "station/corrections.hpp"
#include "station/own_records.hpp"
#include "station/page/members.hpp"

namespace imloop::station::page {

using nlohmann::json;

namespace {

constexpr const char* field_prefix = "at";  ///< of a member's field, before its pointer

using Problems = std::vector<std::pair<std::string, std::string>>;

/// The line with the record as it counts now; a void one as it was before.
struct Subject {
    std::uint64_t seq = 0;
    json original, now;
    bool is_void = false;
};

std::optional<Subject> subject_of(Site& site, const Request& r) {
    const auto seq = static_cast<std::uint64_t>(std::max(0L, std::atol(r.value("seq").c_str())));
    const auto found = site.outbox().recent("", seq + 1, 1);
    if (found.empty() || found[0].seq != seq || found[0].status == "rejected") return std::nullopt;
    auto record = json::parse(found[0].line, nullptr, false);
    if (!record.is_object() || record.value("schema", "") == "imloop/correction/1") return std::nullopt;
    auto now = corrected(record, corrections_since(site.outbox(), seq));
    const bool is_void = now.is_null();
    return Subject{seq, record, is_void ? record : std::move(now), is_void};
}

Html member_field(const Member& member, const std::string& text, const std::string& problem, const Words& w) {
    const auto name = field_prefix + member.pointer;
    const auto options = choices(member, w);
    const auto described = problem.empty() ? Html{} : html(R"( aria-invalid="true" aria-describedby="{}-error")", name);
    Html field;
    if (options.empty()) {
        field = html(R"(<input id="{}" name="{}" value="{}" autocomplete="off"{}>)", name, name, text, described);
    } else {
        Html list{R"(<option value="">—</option>)"};
        for (const auto& [code, words] : options)
            list += html(R"(<option value="{}"{}>{}</option>)", code, code == text ? Html{" selected"} : Html{}, words);
        field = html(R"(<select id="{}" name="{}"{}>{}</select>)", name, name, described, list);
    }
    if (!problem.empty())
        field += html(R"(<div class="error" id="{}-error">{}{}</div>)", name, shape("attention"), problem);
    return html(R"(<tr{}><td><label class="inline" for="{}">{}</label></td><td>{}</td><td>{}</td></tr>)",
                problem.empty() ? Html{} : Html{R"( class="field-error")"}, name, member.label, shown_text(member, w),
                field);
}

Html form_of(const Site& site, const Request& r, const Subject& subject, const Problems& problems) {
    const auto& w = r.words;
    const auto problem = [&](const std::string& where) {
        const auto it = std::ranges::find(problems, where, &Problems::value_type::first);
        return it == problems.end() ? std::string() : it->second;
    };
    Html rows;
    for (const auto& member : correctable(subject.now, w)) {
        const auto typed = r.form.find(field_prefix + member.pointer);
        rows += member_field(member, typed == r.form.end() ? field_text(member.value) : typed->second,
                             problem(member.pointer), w);
    }
    Html wrong;
    for (const auto& [where, text] : problems)
        if (!where.starts_with('/')) wrong += html("<p>{}</p>", text);
    if (!wrong.text.empty()) wrong = html(R"(<div class="note warn" role="alert">{}</div>)", wrong);
    const auto summary = summary_of(subject.now, w);
    return html(
        R"(<div class="pad"><h1>{} · {}</h1><p class="meta">{}</p><p>{}</p>{}<form method="post" action="/correct"><input type="hidden" name="token" value="{}"><input type="hidden" name="seq" value="{}">
<div class="fields"><div><label for="reason">{}</label><textarea id="reason" name="reason" rows="2" cols="60" required>{}</textarea></div><div><label for="approved_by">{}</label><input id="approved_by" name="approved_by" value="{}"></div></div>
<p class="actions"><button class="main" name="action" value="replace">{}</button><button name="action" value="void">{}</button><a href="/record?seq={}">{}</a></p>
<table class="narrow"><thead><tr><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table></form></div>)",
        w("更正", "Correct"), summary.what, summary.detail,
        w("原记录不改不删；更正是一条新记录，新旧值和理由监管部门都能看到。",
          "The record stays as it is; a correction is a record of its own, and the bureau sees both values and the "
          "reason."),
        wrong, site.token, subject.seq, w("理由（必填）", "Reason (required)"), r.value("reason"),
        w("批准人（可不填）", "Approved by (optional)"), r.value("approved_by"), w("写更正", "Write the correction"),
        w("整条作废", "Void the whole record"), subject.seq, w("不改了", "Leave it"), w("内容", "Member"),
        w("现在", "Now"), w("应是", "Should be"), rows);
}

}  // namespace

std::optional<Html> correcting(Site& site, const Request& r) {
    const auto subject = subject_of(site, r);
    if (!subject) return std::nullopt;
    return form_of(site, r, *subject, {});
}

std::optional<Answer> corrected_by_form(Site& site, const Request& r, const std::vector<Tab>& tabs) {
    const auto& w = r.words;
    const auto subject = subject_of(site, r);
    if (!subject) return std::nullopt;
    Problems problems;
    if (r.value("reason").find_first_not_of(" \t\r\n") == std::string::npos)
        problems.emplace_back("reason", w("请写理由。", "Give the reason."));
    std::optional<json> replacement;
    if (r.value("action") != "void") {
        std::vector<Typed> typed;
        for (const auto& [name, text] : r.form)
            if (name.starts_with(std::string(field_prefix) + "/"))
                typed.push_back({name.substr(std::string_view(field_prefix).size()), text});
        replacement = with_typed(subject->now, typed, problems, w);
        if (problems.empty() && *replacement == subject->now && !subject->is_void)
            problems.emplace_back("same", w("没有改动任何内容。", "Nothing was changed."));
    }
    if (problems.empty()) {
        auto correction =
            correction_of(site.config(), subject->original.value("record_id", ""), r.value("reason"), replacement);
        if (!r.value("approved_by").empty()) correction["approved_by"] = r.value("approved_by");
        for (const auto& text : site.save(correction, w)) problems.emplace_back("record", text);
    }
    if (problems.empty()) return see_other("/record?seq=" + std::to_string(subject->seq));
    return page(site.frame(r, tabs), r, "/status", w("更正", "Correct"), form_of(site, r, *subject, problems));
}

Html correction_note(const json& record, const json& correction, const Words& w) {
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
