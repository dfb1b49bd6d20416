// Going on with a retest without clearance: in place under the answer, and a record with its reason.
#include "i_station/gate.hpp"
#include "i_station/question.hpp"
#include "journal/json.hpp"
#include "loop/record/text.hpp"
#include "loop/record/uuid.hpp"
#include "loop/written/text.hpp"
#include "station/ids.hpp"
#include "station/own_records.hpp"
#include "station/page/select.hpp"

namespace imloop::i_station {

using namespace station::page;
using nlohmann::json;

namespace {

constexpr std::size_t override_text_min = 10;

/// What is wrong or missing, by field.
FieldProblems problems_of(const Request& r) {
    const auto& w = r.words;
    FieldProblems out;
    const auto ask = [&](const char* field, std::string_view text) { out.push_back({field, std::string(text)}); };
    if (r.value("reason_code").empty()) ask("reason_code", w("请选一个理由。", "Choose a reason."));
    if (loop::record::characters(loop::trimmed(r.value("reason"))) < override_text_min)
        ask("reason", w("请写明情况，至少 10 个字。", "Say what the matter is, in at least 10 characters."));
    if (loop::trimmed(r.value("approved_by")).empty()) ask("approved_by", w("请填批准人。", "Say who approved it."));
    return out;
}

/// The answer that the form stands under; where it is not kept any more, what the form says of it.
GateAnswer answer_of(const Site& site, const Request& r) {
    if (const auto* entry = site.kept.find(r.value("answer"))) return GateAnswer::from(entry->told.more);
    GateAnswer out;
    out.clearance = r.value("clearance");
    out.asked_at = loop::parse_moment(r.value("asked_at")).value_or(station::unix_now());
    out.override_id = r.value("record_id");
    return out;
}

}  // namespace

Html override_form(const Site& site, const Request& r, const GateAnswer& a) {
    const auto& w = r.words;
    const auto problems = r.told.value_or(Told{}).problems;
    return html(
        R"(<details class="pad no-print"{}><summary>{}</summary><form method="post" action="/override"><input type="hidden" name="token" value="{}"><input type="hidden" name="record_id" value="{}"><input type="hidden" name="answer" value="{}">
<input type="hidden" name="vin" value="{}"><input type="hidden" name="plate" value="{}"><input type="hidden" name="plate_kind" value="{}"><input type="hidden" name="clearance" value="{}"><input type="hidden" name="asked_at" value="{}">
<p>{}</p><div class="fields"><div{}><label for="reason_code">{}</label><select id="reason_code" name="reason_code"{}>{}</select>{}</div>
<div{}><label for="reason">{}</label><textarea id="reason" name="reason" rows="3" cols="48"{}>{}</textarea>{}</div>
<div{}><label for="approved_by">{}</label><input id="approved_by" name="approved_by" value="{}"{}>{}</div></div><button class="main">{}</button></form></details>)",
        problems.empty() ? Html{} : Html{" open"}, w("仍要复检…", "Go on all the same…"), site.token, a.override_id,
        r.value("kept"), r.value("vin"), r.value("plate"), r.value("plate_kind"), a.clearance,
        loop::format_moment(a.asked_at),
        w("这会成为一条记录，监管部门能看到，车主的复检结果照常有效。",
          "This becomes a record the bureau sees; the owner's retest counts as always."),
        field_class(problems, "reason_code"), w("理由（必选）", "Reason (required)"),
        field_marks(problems, "reason_code"),
        options(choices_of("codes/override_reason", w), r.value("reason_code"), w("请选择", "choose")),
        field_error(problems, "reason_code"), field_class(problems, "reason"),
        w("说明（必填，至少 10 字）", "What the matter is (at least 10 characters)"), field_marks(problems, "reason"),
        r.value("reason"), field_error(problems, "reason"), field_class(problems, "approved_by"),
        w("批准人", "Approved by"), r.value("approved_by"), field_marks(problems, "approved_by"),
        field_error(problems, "approved_by"), w("记录并继续复检", "Record it and go on"));
}

Next override_asked(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto answer = answer_of(site, r);
    const Next done{"/gate",
                    Told{Tone::good, std::string(w("已记录，可以复检。", "Recorded; go on with the retest.")), {}, {}}};
    if (site.is_saved(answer.override_id)) {
        const auto saved = journal::parsed_or_discarded(site.outbox().line_of(answer.override_id));
        if (saved.is_object() && saved.value("reason", "") == r.value("reason")) return done;
        return {"/gate", Told{Tone::warn,
                              std::string(w("这次查询已经记录过继续复检，这里填的没有再记；要改请在状态页更正那一条。",
                                            "Going on was recorded for this answer before; what was typed now is not "
                                            "recorded. Correct that record on the status page.")),
                              {},
                              {}}};
    }
    auto problems = problems_of(r);
    if (problems.empty()) {
        auto record = station::begin_record(site.config(), "override");
        if (loop::is_uuid7(answer.override_id)) record["record_id"] = answer.override_id;
        const auto question =
            question_of({r.value("plate"), r.value("vin"), r.value("plate_kind"), r.value("plate")}, w);
        record["vehicle"] = question.vehicle;
        record["clearance"] = answer.clearance;
        record["asked_at"] = loop::format_moment(answer.asked_at);
        for (const auto* name : {"reason_code", "reason", "approved_by"}) record[name] = r.value(name);
        const auto wrong = site.save(record, w);
        if (wrong.empty()) return done;
        problems.push_back({"reason", wrong[0]});
    }
    return {"/gate", Told{Tone::warn, "", std::move(problems), answer.as_json()}};
}

}  // namespace imloop::i_station
