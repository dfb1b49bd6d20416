// The retest gate: five answers, each with its own word, shape and colour; and going on without clearance, as a record.
#include <fmt/format.h>

#include "i_station/pages.hpp"
#include "loop/json.hpp"
#include "loop/record/text.hpp"
#include "loop/tables.hpp"
#include "station/http_client.hpp"
#include "station/ids.hpp"
#include "station/own_records.hpp"
#include "station/page/words.hpp"

namespace imloop::i_station {

using namespace station::page;
using nlohmann::json;

namespace {

constexpr std::chrono::seconds gate_time{5};  ///< then the offline answer
constexpr std::size_t override_text_min = 10;

GateAnswer ask(Site& site, const json& vehicle) {
    GateAnswer out{"unknown", nullptr, station::unix_now()};
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

State state_of_answer(Site& site, const GateAnswer& a, const Words& w) {
    const auto since = clock_text(a.asked_at);
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

json vehicle_of(const Request& r) {
    json out = json::object();
    for (const auto* name : {"vin", "plate", "plate_kind"})
        if (!r.value(name).empty()) out[name] = r.value(name);
    return out;
}

Html form_of(const Request& r, const std::string& token) {
    const auto& w = r.words;
    Html kinds = html(R"(<option value="">{}</option>)", w("不确定", "not sure"));
    for (const auto& kind : loop::rows_of("plate_kinds")) {
        const std::string code = kind.at("code");
        kinds += html(R"(<option value="{}"{}>{}</option>)", code,
                      code == r.value("plate_kind") ? Html{" selected"} : Html{},
                      kind.at(w.lang == Lang::zh ? "zh" : "en").get<std::string>());
    }
    return html(
        R"(<form id="gate" method="post" action="/gate" class="pad no-print"><input type="hidden" name="token" value="{}"><div class="fields">
<div><label for="plate_kind">{}</label><select id="plate_kind" name="plate_kind">{}</select></div>
<div><label for="plate">{}</label><input id="plate" name="plate" value="{}" autocomplete="off"{}></div>
<div><label for="vin">{}</label><input id="vin" name="vin" class="mono" size="24" maxlength="40" value="{}" autocomplete="off"></div>
<div><span class="label">&nbsp;</span><button class="main">{}</button></div></div></form>)",
        token, w("号牌种类", "Plate kind"), kinds, w("车牌", "Plate"), r.value("plate"),
        r.method == "GET" ? Html{" autofocus"} : Html{}, w("VIN（17 位）", "VIN (17 places)"), r.value("vin"),
        w("查询", "Ask"));
}

/// What is wrong or missing in the override's form, by field.
std::map<std::string, std::string> override_problems(const Request& r) {
    const auto& w = r.words;
    std::map<std::string, std::string> out;
    if (r.value("reason_code").empty()) out["reason_code"] = w("请选一个理由。", "Choose a reason.");
    if (loop::record::characters(r.value("reason")) < override_text_min)
        out["reason"] = w("请写明情况，至少 10 个字。", "Say what the matter is, in at least 10 characters.");
    if (r.value("approved_by").empty()) out["approved_by"] = w("请填批准人。", "Say who approved it.");
    return out;
}

Html override_form(const Request& r, const std::string& token, const GateAnswer& a, bool open,
                   const std::map<std::string, std::string>& problems) {
    const auto& w = r.words;
    Html reasons = html(R"(<option value="">{}</option>)", w("请选择", "choose"));
    for (const auto& reason : loop::rows_of("codes/override_reason")) {
        const std::string code = reason.at("code");
        reasons += html(R"(<option value="{}"{}>{}</option>)", code,
                        code == r.value("reason_code") ? Html{" selected"} : Html{},
                        reason.at(w.lang == Lang::zh ? "zh" : "en").get<std::string>());
    }
    const auto problem = [&](const char* field) {
        const auto it = problems.find(field);
        return it == problems.end()
                   ? Html{}
                   : html(R"(<div class="error" id="{}-error">{}{}</div>)", field, shape("attention"), it->second);
    };
    const auto css = [&](const char* field) {
        return problems.contains(field) ? Html{R"( class="field-error")"} : Html{};
    };
    return html(
        R"(<details class="pad no-print"{}><summary>{}</summary><form method="post" action="/override"><input type="hidden" name="token" value="{}">
<input type="hidden" name="vin" value="{}"><input type="hidden" name="plate" value="{}"><input type="hidden" name="plate_kind" value="{}"><input type="hidden" name="clearance" value="{}"><input type="hidden" name="asked_at" value="{}">
<p>{}</p><div class="fields"><div{}><label for="reason_code">{}</label><select id="reason_code" name="reason_code">{}</select>{}</div>
<div{}><label for="reason">{}</label><textarea id="reason" name="reason" rows="3" cols="48">{}</textarea>{}</div>
<div{}><label for="approved_by">{}</label><input id="approved_by" name="approved_by" value="{}">{}</div></div><button class="main">{}</button></form></details>)",
        open ? Html{" open"} : Html{}, w("仍要复检…", "Go on all the same…"), token, r.value("vin"), r.value("plate"),
        r.value("plate_kind"), a.clearance, loop::format_moment(a.asked_at),
        w("这会成为一条记录，监管部门能看到，车主的复检结果照常有效。",
          "This becomes a record the bureau sees; the owner's retest counts as always."),
        css("reason_code"), w("理由（必选）", "Reason (required)"), reasons, problem("reason_code"), css("reason"),
        w("说明（必填，至少 10 字）", "What the matter is (at least 10 characters)"), r.value("reason"),
        problem("reason"), css("approved_by"), w("批准人", "Approved by"), r.value("approved_by"),
        problem("approved_by"), w("记录并继续复检", "Record it and go on"));
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

Html answered(Site& site, const Request& r, const GateAnswer& a, bool open,
              const std::map<std::string, std::string>& problems) {
    const auto& w = r.words;
    const auto state = state_of_answer(site, a, w);
    Html actions;
    if (a.clearance == "repair_required" && a.details().contains("fail_record_id"))
        actions = html(R"(<a class="button" href="/notice?record={}&amp;again=1">{}</a>)",
                       a.details()["fail_record_id"].get<std::string>(), w("补打告知书", "Print the notice again"));
    Html go_on;
    if (a.clearance != "cleared" && a.clearance != "no_open_episode")
        go_on = override_form(r, site.token, a, open, problems);
    const auto number = slip_number(site, a);
    Html slip;
    if (!number.empty())
        slip = html(R"(<p class="meta">{} <span class="mono">{}</span> · {} · {}</p>)", w("编号", "No."), number,
                    site.config().name, short_time(a.asked_at));
    return html(
        R"(<div class="band {}" role="status" aria-live="polite" id="answer"><span class="word">{}<span class="huge-word">{}</span></span><div class="why"><p>{}</p><p>{}</p><p class="meta">{} {}</p>{}</div>{}</div>{}{})",
        class_of(state.tone), shape(state.shape, "icon huge"), state.word, state.reason, state.next,
        shown_plate(r.value("plate")), r.value("vin"), slip, actions, go_on, details_of(a, r));
}

}  // namespace

Html gate(Site& site, const Request& r) {
    Html out = form_of(r, site.token);
    if (r.method != "POST") return out;
    const auto vehicle = vehicle_of(r);
    if (!vehicle.contains("vin") && !vehicle.contains("plate"))
        return out += html(R"(<div class="pad"><p class="error" role="alert">{}</p></div>)",
                           r.words("请填车牌或 VIN。", "Give a plate or a VIN."));
    return out += answered(site, r, ask(site, vehicle), false, {});
}

Html override_gate(Site& site, const Request& r) {
    const auto& w = r.words;
    auto problems = override_problems(r);
    const GateAnswer asked{r.value("clearance"), nullptr,
                           loop::parse_moment(r.value("asked_at")).value_or(station::unix_now())};
    if (problems.empty()) {
        auto record = station::begin_record(site.config(), "override");
        record["vehicle"] = vehicle_of(r);
        for (const auto* name : {"clearance", "asked_at", "reason_code", "reason", "approved_by"})
            record[name] = r.value(name);
        const auto wrong = site.save(record, w);
        if (wrong.empty())
            return html(
                R"({}<div class="pad"><div class="note good" role="status"><p>{}</p><p class="meta">{}</p></div></div>)",
                form_of(r, site.token), w("已记录，可以复检。", "Recorded; go on with the retest."),
                record["record_id"].get<std::string>());
        problems["reason"] = wrong[0];
    }
    return form_of(r, site.token) += answered(site, r, asked, true, problems);
}

}  // namespace imloop::i_station
