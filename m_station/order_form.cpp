#include "m_station/order_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "journal/json.hpp"
#include "loop/record/uuid.hpp"
#include "loop/tables.hpp"
#include "loop/written/amount.hpp"
#include "m_station/order_list.hpp"
#include "m_station/price_list.hpp"
#include "m_station/prices.hpp"
#include "station/attachments.hpp"
#include "station/ids.hpp"
#include "station/page/select.hpp"
#include "station/page/words.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;

namespace {

std::string in(const json& row, const Language& w) {
    return row.at(w.lang == Lang::zh ? "zh" : "en").get<std::string>();
}

std::string typed(const Fields& fields, const std::string& name) {
    const auto it = fields.find(name);
    return it == fields.end() ? std::string() : it->second;
}

/// Yuan, for remarks; nothing is remarked of what can't be read.
double yuan_of(const std::string& text) { return static_cast<double>(loop::cents_of(text).value_or(0)) / 100; }

/// A remark beside a field: there from the start, shown where it holds, so that the page's script only shows and hides.
Html remark(const char* name, Tone tone, std::string_view text, bool shown, const std::string& number = "") {
    return html(R"(<small class="word {}" data-remark="{}"{}>{}<span>{}<b>{}</b></span></small>)", class_of(tone), name,
                shown ? Html{} : Html{" hidden"}, shape(tone == Tone::good ? "good" : "attention"), text, number);
}

/// The form's labelled fields, with what is wrong and what must be filled.
struct Inputs {
    const Fields& fields;
    const FieldProblems& problems;
    const std::vector<std::string>& required;
    const Language& w;

    std::string problem(const std::string& name) const { return problem_of(problems, name); }
    Html error(const std::string& name) const { return field_error(problems, name); }
    /// Attributes of a field that must be filled, or is wrong.
    Html marks(const std::string& name, bool must) const {
        Html out;
        if (must) out += Html{R"( data-must aria-required="true")"};
        return out += field_marks(problems, name);
    }
    Html must_word(bool must) const {
        return must ? html(R"( <strong class="must">{}</strong>)", w("必填", "required")) : Html{};
    }
    Html text(const char* name, std::string_view label, const char* css, const char* member) const {
        const bool must = is_required(required, member);
        return html(
            R"(<div{}><label for="{}">{}{}</label><input id="{}" name="{}" class="{}" value="{}" autocomplete="off"{}>{}</div>)",
            field_class(problems, name), name, label, must_word(must), name, name, css, typed(fields, name),
            marks(name, must), error(name));
    }
    Html text(const char* name, std::string_view label, const char* css) const { return text(name, label, css, name); }
};

/// The shop's own posted prices, by code of the tables.
std::map<std::string, double> posted_prices(Site& site) {
    std::map<std::string, double> out;
    const auto shown = shown_prices(prices_in_force(site));
    for (const auto& [code, text] : shown.items()) out[code] = yuan_of(text.get<std::string>());
    return out;
}

Html origin_select(const std::string& name, const std::string& value, const Language& w) {
    return html(R"(<select name="{}" aria-label="{}" data-origin>{}</select>)", name, w("来源", "Origin"),
                options(choices_of("codes/part_origin", w), value, w("来源", "origin")));
}

/// One row of what was done; with an empty code the template that new rows are made of.
Html work_row(const Inputs& f, const std::string& n, const std::map<std::string, double>& prices) {
    const auto& w = f.w;
    const auto value = [&](const char* part) { return typed(f.fields, std::string(part) + "_" + n); };
    const bool blank = value("code").empty(), part = value("kind") == "part";
    std::string name;
    bool serial = blank;
    double posted = 0;
    for (const auto& row : loop::rows_of(part ? "parts" : "repair_items"))
        if (row.at("code") == value("code")) {
            name = in(row, w), serial = part && row.value("serial", false);
            if (const auto it = prices.find(value("code")); it != prices.end()) posted = it->second;
        }
    const auto gap = price_gap_pct(yuan_of(value("price")), posted);
    const auto price_name = "price_" + n, quantity_name = "quantity_" + n;
    const auto serial_name = "serial_" + n;
    const bool must = is_required(f.required, "parts/serial_no");
    Html marks = remark("above", Tone::warn, w("高于公示价 ", "above the posted price, "), gap && *gap > 0,
                        gap ? fmt::format("{}%", *gap) : "");
    marks += remark("below", Tone::warn, w("低于公示价 ", "below the posted price, "), gap && *gap < 0,
                    gap ? fmt::format("{}%", -*gap) : "");
    return html(
        R"(<tr data-kind="{}"><td><span data-name>{}</span> <small data-label>{}</small><input type="hidden" data-kind-field name="kind_{}" value="{}"><input type="hidden" data-code name="code_{}" value="{}"></td>
<td>{}</td><td>{}</td><td class="num"><input class="num short" data-quantity id="{}" name="{}" value="{}" inputmode="decimal" aria-label="{}"{}>{}</td><td class="num"><input class="num short" data-price id="{}" name="{}" value="{}" inputmode="decimal" aria-label="{}"{}>{}{}</td><td class="num" data-posted="{}">{}</td><td><button class="link" type="button" data-remove aria-label="{}">×</button></td></tr>)",
        value("kind"), name,
        blank  ? std::string_view()
        : part ? w("配件", "part")
               : w("工时", "labour"),
        n, value("kind"), n, value("code"), blank || part ? origin_select("origin_" + n, value("origin"), w) : Html{},
        serial
            ? html(
                  R"(<input id="{}" name="{}" class="serial{}" value="{}" data-serial placeholder="{}" aria-label="{}"{}>{})",
                  serial_name, serial_name, f.problem(serial_name).empty() ? "" : " wrong", value("serial"),
                  must ? w("必填，扫码或输入", "required: scan or type") : w("扫码或输入", "scan or type"),
                  w("序列号", "Serial number"), f.marks(serial_name, must), f.error(serial_name))
            : Html{},
        quantity_name, quantity_name, value("quantity"), w("数量或工时", "Quantity or hours"),
        f.marks(quantity_name, false), f.error(quantity_name), price_name, price_name, value("price"),
        w("单价，元", "Price, CNY"), f.marks(price_name, false), f.error(price_name), marks, posted,
        posted > 0 ? fmt::format("{:.2f}", posted) : "—", w("删去这一行", "Remove this row"));
}

json offers(const std::map<std::string, double>& posted, const Language& w) {
    json out = json::array();
    for (const auto* table : {"repair_items", "parts"}) {
        const bool part = std::string_view(table) == "parts";
        for (const auto& row : loop::rows_of(table)) {
            json offer{{"kind", part ? "part" : "item"},
                       {"code", row.at("code")},
                       {"name", in(row, w)},
                       {"py", row.value("py", "")},
                       {"label", part ? w("配件", "part") : w("工时", "labour")},
                       {"serial", row.value("serial", false)}};
            const auto it = posted.find(row.at("code").get<std::string>());
            if (it != posted.end()) offer["price"] = it->second;
            out.push_back(std::move(offer));
        }
    }
    return out;
}

/// JSON within a script element: no end tag can stand in it.
Html script_json(const json& words) {
    std::string text = words.dump();
    for (std::size_t at = 0; (at = text.find("</", at)) != std::string::npos;) text.replace(at, 2, "<\\/");
    return {text};
}

Html readings_table(const json& order, const Inputs& f) {
    const auto& w = f.w;
    const auto failed = failed_readings(order);
    const auto dtcs = order.value("obd", json::object()).value("dtcs", json::array());
    const bool must = is_required(f.required, "readings_after");
    Html rows;
    for (std::size_t i = 0; i < failed.size(); ++i) {
        const auto& reading = failed[i];
        const auto name = fmt::format("after_{}", i);
        const auto value = typed(f.fields, name);
        const auto number = loop::decimal_of(value);
        const bool met = number && meets_limits(reading, *number);
        const auto bound = [&](const char* member) { return number_text(reading.value(member, json())); };
        Html remarks = remark("within", Tone::good, w("符合限值", "within the limit"), met);
        remarks +=
            remark("beyond", Tone::warn, w("超出限值，可以提交", "beyond the limit; may be submitted"), number && !met);
        rows += html(
            R"(<tr data-limit="{}" data-low="{}" data-item="{}"><td><label class="inline" for="{}">{}{}</label></td><td class="num">{}</td><td class="num"><strong>{}</strong></td><td class="num"><input class="num short" id="{}" name="{}" value="{}" inputmode="decimal"{}>{}</td><td>{}</td><td>{}</td></tr>)",
            bound("limit"), bound("limit_low"), reading.value("item", ""), name, item_name(reading, w),
            f.must_word(must), limit_text(reading), bound("value"), name, name, value, f.marks(name, must),
            f.error(name), reading.value("unit", ""), remarks);
    }
    Html out;
    if (!failed.empty())
        out = html(
            R"(<table><thead><tr><th>{}</th><th class="num">{}</th><th class="num">{}</th><th class="num">{}</th><th>{}</th><th><span class="unseen">{}</span></th></tr></thead><tbody id="readings">{}</tbody></table>)",
            w("不合格项目", "Failed item"), w("限值", "Limit"), w("检测站测得", "At the test"),
            w("修后自测", "After repair"), w("单位", "Unit"), w("与限值比", "Against the limit"), rows);
    if (!dtcs.empty()) {
        std::string text;
        for (const auto& code : dtcs)
            text += (text.empty() ? "" : " ") + (code.is_string() ? code.get<std::string>() : code.dump());
        out += html(
            R"(<p>{} <strong class="mono">{}</strong> <label class="inline"><input type="checkbox" name="dtcs_cleared" value="1"{}>{}</label></p>)",
            w("故障码", "Trouble codes"), text, f.fields.contains("dtcs_cleared") ? Html{" checked"} : Html{},
            w("已排除，修后无故障码", "mended, no codes after repair"));
    }
    if (out.text.empty()) return out;
    return html(R"(<h2><span class="step">1</span>{}</h2>{})", w("修前与修后", "Before and after"), out);
}

Html photos_of(Site& site, const std::string& order, const Inputs& f) {
    const auto& w = f.w;
    const auto folder = photo_folder(site.config(), order);
    if (!folder) return {};
    json kept = json::object();
    std::error_code none;
    for (const auto& file : std::filesystem::directory_iterator(*folder, none)) {
        const auto one = station::attachment_of(file.path());
        if (one) kept["attachments"].push_back(*one);
    }
    Html rows;
    for (const auto& one : kept.value("attachments", json::array()))
        rows += html(
            R"(<li>{} <small>{} KB · {}</small> <button class="link" name="drop" value="{}" formaction="/photos" formenctype="multipart/form-data" aria-label="{}">×</button></li>)",
            one["name"].get<std::string>(), (one["bytes"].get<std::uint64_t>() + 1023) / 1024,
            one["sha256"].get<std::string>().substr(0, 8), one["name"].get<std::string>(),
            fmt::format(fmt::runtime(w("去掉 {}", "Remove {}")), one["name"].get<std::string>()));
    return html(
        R"(<div class="photos"><label for="photos">{}{}</label><input id="photos" type="file" name="photos" multiple accept="image/*,video/*,application/pdf"> <button id="keep-photos" formaction="/photos" formenctype="multipart/form-data">{}</button><small>{}</small>{}<ul>{}</ul></div>)",
        w("照片、录像", "Photos, videos"), f.must_word(is_required(f.required, "attachments")), w("加入", "Add"),
        w("文件留在这台电脑上，记录里只写名称、大小和摘要。",
          "The files stay on this PC; the record names them by size and digest."),
        f.error("photos"), rows);
}

}  // namespace

std::optional<std::filesystem::path> photo_folder(const station::Config& config, const std::string& id) {
    if (!loop::is_uuid7(id)) return std::nullopt;
    return config.data / "attachments" / id;
}

Fields usual_fields(Site& site) {
    constexpr std::size_t looked_through = 100;
    Fields out;
    for (const auto& q : site.outbox().recent("", std::numeric_limits<std::int64_t>::max(), looked_through)) {
        const auto record = journal::parsed_or_discarded(q.line);
        if (!record.is_object() || record.value("schema", "") != "imloop/repair/1") continue;
        for (const auto* name : {"technician_id", "inspector_id"}) out[name] = record.value(name, "");
        const auto warranty = record.value("warranty", json::object());
        for (const auto* name : {"days", "km"})
            if (warranty.contains(name)) out[std::string("warranty_") + name] = number_text(warranty[name]);
        break;
    }
    return out;
}

Html order_form(Site& site, const json& order, const FormOf& form, const Fields& fields, const FieldProblems& problems,
                const Language& w) {
    const auto required = site.copy().view()->repair_required_members;
    const Inputs f{fields, problems, required, w};
    const auto prices = posted_prices(site);
    Html rows, missing;
    for (int n = 0; n < form_rows_max; ++n)
        if (!typed(fields, fmt::format("code_{}", n)).empty()) rows += work_row(f, std::to_string(n), prices);
    for (const auto& p : problems) missing += html(R"(<li><a href="#{}">{}</a></li>)", p.field, p.text);
    if (!missing.text.empty())
        missing = html(R"(<div class="note warn" role="alert"><p>{}</p><ul>{}</ul></div>)",
                       w("还不能提交，填写的内容都在。", "Not submitted yet; what you typed is kept."), missing);
    const auto vehicle = order.value("vehicle", json::object());
    const auto received =
        typed(fields, "received_at").empty() ? loop::format_moment(station::unix_now()) : typed(fields, "received_at");
    Html claim;
    if (order.contains("episode")) {
        const bool here = order.value("list", "") == "here";
        claim = html(
            R"(<form method="post" action="/claim"><input type="hidden" name="token" value="{}"><input type="hidden" name="order" value="{}"><input type="hidden" name="turn" value="{}"><input type="hidden" name="action" value="{}"><button>{}</button></form>)",
            site.token, form.order, form.claim, here ? "give_back" : "take_in",
            here ? w("退回，不在本店修", "Give back") : w("接车", "Take in"));
    }
    const Fields nothing;
    const FieldProblems no_problem;
    const double total = yuan_of(typed(fields, "total_fee")), quote = yuan_of(typed(fields, "quoted_fee"));
    // What the usual repair needs stands open; the rest is a click away, or already what it was last time.
    const bool warranty_first = is_required(required, "warranty"),
               fault_first = is_required(required, "fault_description"),
               quote_first = is_required(required, "quoted_fee");
    Html warranty = f.text("warranty_days", w("质保，天", "Warranty, days"), "num short", "warranty");
    warranty += f.text("warranty_km", w("质保，km", "Warranty, km"), "num short", "");
    const Html fault = f.text("fault_description", w("故障描述", "Fault"), "");
    const Html quoted = f.text("quoted_fee", w("报价，元", "Quote, CNY"), "num");
    Html first = f.text("mileage_km", w("出厂里程，km", "Mileage, km"), "num");
    first += f.text("technician_id", w("维修技师", "Technician"), "short");
    first += f.text("inspector_id", w("质量检验员", "Quality inspector"), "short");
    first += f.text("certificate_no", w("竣工出厂合格证号", "Completion certificate"), "");
    if (warranty_first) first += warranty;
    if (fault_first) first += fault;
    if (quote_first) first += quoted;
    Html more = f.text("work_order_no", w("工单号（空着自动编）", "Order number (made if empty)"), "");
    if (!warranty_first) more += warranty;
    if (!fault_first) more += fault;
    if (!quote_first) more += quoted;
    const bool more_open = std::ranges::any_of(problems, [](const FieldProblem& p) {
        return p.field.starts_with("warranty") || p.field == "quoted_fee" || p.field == "work_order_no" ||
               p.field == "fault_description";
    });
    return html(
        R"(<section>{}<div class="vehicle"><div><span class="plate">{}</span><p class="meta">{} · VIN <span class="mono">{}</span></p></div><div class="due"><p>{} <strong>{}</strong></p><p class="meta">{} {} · {}</p></div><div>{}</div></div>
<form id="repair" method="post" action="/repair" autocomplete="off"><input type="hidden" name="token" value="{}"><input type="hidden" name="order" value="{}"><input type="hidden" name="record_id" value="{}"><input type="hidden" name="version" value="{}"><input type="hidden" name="form" value="{}"><input type="hidden" name="again" value="{}"><input type="hidden" name="received_at" value="{}"><input type="hidden" name="vehicle" value="{}">
{}<h2><span class="step">2</span>{}</h2><table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th class="num">{}</th><th class="num">{}</th><th class="num">{}</th><td></td></tr></thead><tbody id="rows" data-gap="{}">{}</tbody></table>
<div class="combo"><label for="search">{}</label><input id="search" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list" autocomplete="off"><ul id="found" role="listbox" aria-label="{}" hidden></ul></div>{}
<h2><span class="step">3</span>{}</h2><div class="fields">{}</div>{}<details{}><summary>{}</summary><div class="fields">{}</div></details>
<div class="foot">{}<div>{}</div><span class="fill"></span><span class="meta" id="saved" data-lost="{}" role="status"></span><a id="lacking" href="#search" data-text="{}" hidden></a><details class="endings"><summary class="button">{}</summary><div><button name="ending" value="owner_refused">{}</button><button name="ending" value="not_repairable">{}</button></div></details><button class="main" id="submit">{}</button></div></form>
<template id="row">{}</template><script type="application/json" id="offers">{}</script></section>)",
        missing, plate_words(order), vehicle_words(vehicle, w), vehicle.value("vin", "—"), w("修好期限", "Repair by"),
        order.contains("due") ? day_text(order["due"].get<std::string>(), w) : "—",
        order.value("station_name", order.value("station_id", "")), w("不合格", "failed on"),
        day_text(order.value("failed_at", ""), w), claim, site.token, form.order, form.record_id, form.version,
        new_token(), form.again ? "1" : "", received, vehicle.dump(), readings_table(order, f),
        w("修了什么", "What was done"), w("项目或配件", "Repair or part"), w("来源", "Origin"),
        w("序列号", "Serial number"), w("数量", "Quantity"), w("单价，元", "Price, CNY"), w("公示价", "Posted"),
        price_gap_max, rows, w("加一项：输入汉字或拼音首字母，回车加入", "Add one: type its name, Enter adds it"),
        w("项目和配件", "Repairs and parts"), f.error("search"), w("出厂", "Handing over"), first,
        photos_of(site, form.order, f), more_open ? Html{" open"} : Html{},
        w("工单号、质保、故障、报价（可不填）", "Order number, warranty, fault, quote (optional)"), more,
        f.text("total_fee", w("合计，元", "Total, CNY"), "num total"),
        remark("over-quote", Tone::warn, w("高于报价 ", "above the quote of "), quote > 0 && total > quote,
               quote > 0 ? fmt::format("{:.2f}", quote) : ""),
        w("草稿没有存上，请不要关页面。", "The draft was not saved; don't close the page."),
        w("还差 {} 项", "{} still missing"), w("车主不修 / 修不好…", "Not repaired…"), w("车主不修", "Owner refused"),
        w("修不好", "Not repairable"), w("提交", "Submit"), work_row({nothing, no_problem, required, w}, "0", prices),
        script_json(offers(prices, w)));
}

}  // namespace imloop::m_station
