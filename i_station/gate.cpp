// The retest gate: five answers, each with its own word, shape and colour.
#include "i_station/gate.hpp"

#include <fmt/format.h>

#include "i_station/question.hpp"
#include "loop/json.hpp"
#include "loop/vehicle/plate.hpp"
#include "loop/written/judgement.hpp"
#include "station/http_client.hpp"
#include "station/ids.hpp"
#include "station/page/select.hpp"
#include "station/page/words.hpp"

namespace imloop::i_station {

using namespace station::page;
using nlohmann::json;

namespace {

constexpr std::chrono::seconds gate_time{5};    ///< then the offline answer
constexpr loop::Moment answer_holds = 600'000;  ///< then it is grey

/// Not where the clock was put back either.
bool holds(loop::Moment asked_at, loop::Moment now) { return now >= asked_at && now - asked_at < answer_holds; }

GateAnswer ask(Site& site, const json& vehicle) {
    GateAnswer out;
    out.clearance = "unknown";
    out.asked_at = station::unix_now();
    station::HttpClient hub(station::peer_of(site.config()), gate_time);
    const auto answer =
        hub.request("POST", "/api/v1/clearances", {{"Content-Type", "application/json"}}, vehicle.dump());
    if (!answer || answer->status != 200) return out;
    auto body = loop::json_of(answer->body);
    if (!body.is_object()) return out;
    out.clearance = body.value("clearance", "unknown");
    out.hub = std::move(body);
    return out;
}

State state_of_answer(Site& site, const GateAnswer& a, const Language& w) {
    const auto since = clock_text(a.asked_at);
    if (!holds(a.asked_at, station::unix_now()))
        return {std::string(w("请重新查询", "Ask again")), "waiting", Tone::none,
                fmt::format(
                    fmt::runtime(w("这是 {} 的答复，已过十分钟。", "This answer is of {}, more than ten minutes old.")),
                    since),
                ""};
    if (a.clearance == "cleared")
        return {std::string(w("可以复检", "Retest allowed")), "good", Tone::good,
                fmt::format(fmt::runtime(w("不合格后已有维修，监管中心 {} 答复。",
                                           "Repaired since it failed; the hub answered at {}.")),
                            since),
                ""};
    if (a.clearance == "repair_required")
        return {
            std::string(w("需先维修", "Repair first")), "bad", Tone::bad,
            fmt::format(fmt::runtime(w("{} 不合格之后，还没有维修站上传维修记录。",
                                       "No repair has been reported since the failure on {}.")),
                        day_text(a.details().value("failed_at", ""), w)),
            std::string(
                w("请车主持维护修理告知书到任一维修站维修。维修站上传后，这里马上能查到。",
                  "Send the owner with the notice to any repair station. Once it has uploaded, this answer changes."))};
    if (a.clearance == "review")
        return {
            std::string(w("等待核对", "Under review")), "review", Tone::warn,
            std::string(
                w("车牌与 VIN 对不上，监管部门正在核对。", "Plate and VIN do not agree; the bureau is looking at it.")),
            std::string(w("请先核对行驶证与车架号，有误就改正后再查。",
                          "Check the licence and the chassis number; if one was mistyped, correct it and ask again."))};
    if (a.clearance == "no_open_episode")
        return {std::string(w("不是复检", "Not a retest")), "none", Tone::accent,
                std::string(w("没有找到这辆车未了结的不合格记录。", "This vehicle has no open failure.")),
                std::string(w("按定期检验登记即可。如果车主说上次没通过，请核对车牌种类和 VIN。",
                              "Register a periodic test. If the owner says it failed, check plate kind and VIN."))};
    const auto as_of = site.copy().view()->as_of;
    return {std::string(w("无法确认", "Cannot tell")), "offline", Tone::none,
            as_of == 0
                ? std::string(w("离线，本机还没有监管中心的数据。", "Offline; this PC has no data of the hub yet."))
                : fmt::format(fmt::runtime(w("离线。本机数据截至 {}，无法确认是否已维修。",
                                             "Offline. Local data as of {}; can't tell whether it was repaired.")),
                              short_time(as_of)),
            std::string(w("可稍后再查；车主持结算清单原件的，可填写理由继续，联网后自动上报。",
                          "Ask again later; if the owner shows the settlement list, give the reason and go on; it is "
                          "sent when the network returns."))};
}

Html form_of(const Request& r, const std::string& token) {
    const auto& w = r.words;
    const auto told = r.told.value_or(Told{});
    const auto sure = told.more.is_object() ? told.more.value("sure", "") : "";
    return html(
        R"(<form id="gate" method="post" action="/gate" class="pad no-print"><input type="hidden" name="token" value="{}"><input type="hidden" name="sure" value="{}"><div class="fields">
<div><label for="plate_kind">{}</label><select id="plate_kind" name="plate_kind">{}</select></div>
<div{}><label for="plate">{}</label><input id="plate" name="plate" value="{}" autocomplete="off"{}{}>{}</div>
<div{}><label for="vin">{}</label><input id="vin" name="vin" class="mono" size="24" value="{}" autocomplete="off"{}>{}</div>
<div><span class="label">&nbsp;</span><button class="main">{}</button></div></div></form>)",
        token, sure, w("号牌种类", "Plate kind"),
        options(choices_of("plate_kinds", w), r.value("plate_kind"), w("不确定", "not sure")),
        field_class(told.problems, "plate"), w("车牌", "Plate"), r.value("plate"), r.told ? Html{} : Html{" autofocus"},
        field_marks(told.problems, "plate"), field_error(told.problems, "plate"), field_class(told.problems, "vin"),
        w("VIN（17 位）", "VIN (17 places)"), r.value("vin"), field_marks(told.problems, "vin"),
        field_error(told.problems, "vin"), w("查询", "Ask"));
}

Html details_of(const GateAnswer& a, const Request& r) {
    const auto& w = r.words;
    const auto details = a.details();
    if (details.empty()) return {};
    Html rows;
    const json repairs = details.value("repairs", json::array());
    const json after = repairs.empty() ? json::array() : repairs.back().value("readings_after", json::array());
    for (const auto& reading : details.value("readings", json::array())) {
        if (reading.value("passed", true)) continue;
        std::string then = "—";
        for (const auto& now : after)
            if (now.value("item", "") == reading.value("item", "") &&
                now.value("phase", "") == reading.value("phase", ""))
                then = number_text(now.value("value", json()));
        rows += html(
            R"(<tr><td>{}</td><td class="num">{}</td><td class="num"><strong>{}</strong></td><td class="num">{}</td><td>{}</td></tr>)",
            item_name(reading, w), limit_text(reading), number_text(reading.value("value", json())), then,
            reading.value("unit", ""));
    }
    Html done;
    for (const auto& repair : repairs) {
        std::string items;
        for (const auto& item : repair.value("items", json::array()))
            items += (items.empty() ? "" : "、") + repair_item_name(item, w);
        done += html("<p>{} · {} · {}</p>", repair.value("station_name", repair.value("station_id", "")),
                     day_text(repair.value("settled_at", ""), w), items);
    }
    return html(R"(<div class="pad"><h2>{}</h2><dl><dt>{}</dt><dd>{}</dd><dt>{}</dt><dd>{}</dd></dl><h2>{}</h2>{}
<table><thead><tr><th>{}</th><th class="num">{}</th><th class="num">{}</th><th class="num">{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table><p class="meta">{}</p></div>)",
                w("这辆车", "This vehicle"), w("上次不合格", "Last failed"),
                day_text(details.value("failed_at", ""), w), w("期限", "Deadline"), details.value("due", "—"),
                w("已做的维修", "Repairs"), done.text.empty() ? html("<p>{}</p>", w("还没有。", "None yet.")) : done,
                w("上次不合格的项目", "What failed"), w("限值", "Limit"), w("不合格时", "Then"),
                w("修后自测", "After repair"), w("单位", "Unit"), rows,
                w("修后自测由维修站提供，不代替本次复检。",
                  "Readings after repair are the shop's own and don't replace the retest."));
}

/// Of the printed slip. The hub notes every question by station and moment; this names its note.
std::string slip_number(const Site& site, const GateAnswer& a) {
    const auto as_of = a.hub.is_object() ? a.hub.value("as_of", "") : "";
    std::string digits;
    for (const char c : as_of.substr(0, as_of.rfind('+')))
        if (c >= '0' && c <= '9') digits += c;
    return digits.empty() ? std::string() : site.config().station_id + "-" + digits;
}

Html answered(Site& site, const Request& r, const GateAnswer& a) {
    const auto& w = r.words;
    const auto state = state_of_answer(site, a, w);
    Html actions;
    if (a.clearance == "repair_required" && a.details().contains("fail_record_id"))
        actions = html(R"(<a class="button" href="/notice?record={}&amp;again=1">{}</a>)",
                       a.details()["fail_record_id"].get<std::string>(), w("补打告知书", "Print the notice again"));
    Html go_on;
    if (a.clearance != "cleared" && a.clearance != "no_open_episode") go_on = override_form(site, r, a);
    const auto number = slip_number(site, a);
    Html slip;
    if (!number.empty())
        slip = html(R"(<p class="meta">{} <span class="mono">{}</span> · {} · {}</p>)", w("编号", "No."), number,
                    site.config().name, short_time(a.asked_at));
    return html(
        R"(<div class="band {}" role="status" aria-live="polite" id="answer" data-live><span class="word">{}<span class="huge-word">{}</span></span><div class="why"><p>{}</p><p>{}</p><p>{}</p><p class="meta">{} {}</p>{}</div>{}</div>{}{})",
        class_of(state.tone), shape(state.shape, "icon huge"), state.word, state.reason, state.next, a.remark,
        shown_plate(loop::normal_plate(loop::judge_plate(r.value("plate")).value)), r.value("vin"), slip, actions,
        go_on, details_of(a, r));
}

/// Of the same vehicle, asked in this window or another while its answer holds: going on is one record.
std::string override_id(const Site& site, const Request& r, const std::string& clearance, loop::Moment now) {
    std::string out = station::new_uuid7(now);
    site.kept.each_latest([&](const Kept::Entry& entry) {
        const auto a = GateAnswer::from(entry.told.more);
        const auto typed = [&](const char* name) {
            const auto it = entry.form.find(name);
            return it == entry.form.end() ? std::string() : it->second;
        };
        const bool is_same = !a.override_id.empty() && a.clearance == clearance && holds(a.asked_at, now) &&
                             typed("plate") == r.value("plate") && typed("vin") == r.value("vin");
        if (is_same) out = a.override_id;
        return !is_same;
    });
    return out;
}

}  // namespace

GateAnswer GateAnswer::from(const json& more) {
    GateAnswer out;
    if (!more.is_object()) return out;
    out.clearance = more.value("clearance", "");
    out.hub = more.value("hub", json());
    out.asked_at = more.value("asked_at", loop::Moment{0});
    out.override_id = more.value("override_id", "");
    out.remark = more.value("remark", "");
    return out;
}

json GateAnswer::as_json() const {
    return {{"clearance", clearance},
            {"hub", hub},
            {"asked_at", asked_at},
            {"override_id", override_id},
            {"remark", remark}};
}

Next asked(Site& site, const Request& r) {
    const auto question =
        question_of({r.value("plate"), r.value("vin"), r.value("plate_kind"), r.value("sure")}, r.words);
    if (!question.problems.empty())
        return {"/gate", Told{Tone::warn, "", question.problems, {{"sure", question.sure}}}};
    auto answer = ask(site, question.vehicle);
    answer.remark = question.remark;
    answer.override_id = override_id(site, r, answer.clearance, answer.asked_at);
    return {"/gate", Told{Tone::good, "", {}, answer.as_json()}};
}

Html gate(Site& site, const Request& r) {
    Html out = form_of(r, site.token);
    if (!r.told) return out;
    if (!r.told->text.empty()) out += html(R"(<div class="pad">{}</div>)", told_note(*r.told));
    const auto answer = GateAnswer::from(r.told->more);
    return answer.clearance.empty() ? out : out += answered(site, r, answer);
}

}  // namespace imloop::i_station
