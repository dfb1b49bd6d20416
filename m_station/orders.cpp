// The work list and the form of the chosen vehicle.
#include <fmt/format.h>

#include "loop/tables.hpp"
#include "loop/vehicle/plate.hpp"
#include "m_station/pages.hpp"
#include "m_station/repair_form.hpp"
#include "station/ids.hpp"
#include "station/page/words.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;

namespace {

Drafts drafts(Site& site) { return Drafts(site.config().data / "drafts"); }

std::string in(const json& row, const Words& w) { return row.at(w.lang == Lang::zh ? "zh" : "en").get<std::string>(); }

std::string failed_words(const json& order, const Words& w) {
    std::string out;
    for (const auto& item : order.value("failed_items", json::array())) {
        const auto text = item.get<std::string>();
        const auto slash = text.find('/');
        out += (out.empty() ? "" : "、") +
               item_name(text.substr(0, slash), slash == std::string::npos ? "" : text.substr(slash + 1), w);
    }
    return out;
}

std::string vehicle_words(const json& vehicle, const Words& w) {
    std::string out = vehicle.value("model", "");
    for (const auto& row : loop::rows_of("fuels"))
        if (row.at("code") == vehicle.value("fuel", "")) out += (out.empty() ? "" : " · ") + in(row, w);
    if (const auto stage = vehicle.value("emission_stage", ""); !stage.empty())
        out += (out.empty() ? "" : " · ") + stage;
    return out;
}

Html list_of(const std::shared_ptr<const station::HubView>& view, const char* list, std::string_view name,
             const std::string& chosen, const Words& w) {
    const auto today = loop::day_of(station::unix_now());
    std::vector<const json*> orders;
    for (const auto& [episode, order] : view->orders.items())
        if (order.value("state", "") == "open" && order.value("list", "") == list && !order.value("repaired", false))
            orders.push_back(&order);
    std::ranges::sort(orders, {}, [](const json* o) { return o->value("due", ""); });
    if (orders.empty()) return {};
    Html rows;
    for (const auto* order : orders) {
        const auto due = due_text(order->value("due", ""), today, w);
        const std::string episode = order->value("episode", "");
        const auto vehicle = order->value("vehicle", json::object());
        rows += html(
            R"(<li><a href="/orders?order={}"{}><span class="due {}">{}</span><strong>{}</strong><small>{}</small><small>{}</small></a></li>)",
            episode, episode == chosen ? Html{R"( aria-current="true")"} : Html{}, due.css, due.text,
            shown_plate(vehicle.value("plate", vehicle.value("vin", ""))), vehicle_words(vehicle, w),
            failed_words(*order, w));
    }
    return html(R"(<h2 class="meta pad-side">{} {}</h2><ul class="list">{}</ul>)", name, orders.size(), rows);
}

Html input(const char* name, std::string_view label, const std::string& value, const char* css,
           const std::string& problem, const char* type = "text") {
    return html(
        R"(<div{}><label for="{}">{}</label><input id="{}" name="{}" class="{}" type="{}" value="{}" autocomplete="off"{}>{}</div>)",
        problem.empty() ? Html{} : Html{R"( class="field-error")"}, name, label, name, name, css, type, value,
        problem.empty() ? Html{} : html(R"( aria-invalid="true" aria-describedby="{}-error")", name),
        problem.empty() ? Html{}
                        : html(R"(<div class="error" id="{}-error">{}{}</div>)", name, shape("attention"), problem));
}

Html origin_select(const std::string& name, const std::string& value, const Words& w) {
    Html options = html(R"(<option value="">{}</option>)", w("来源", "origin"));
    for (const auto& row : loop::rows_of("codes/part_origin"))
        options += html(R"(<option value="{}"{}>{}</option>)", row.at("code").get<std::string>(),
                        row.at("code") == value ? Html{" selected"} : Html{}, in(row, w));
    return html(R"(<select name="{}" aria-label="{}" data-origin>{}</select>)", name, w("来源", "Origin"), options);
}

/// One row of what was done; with an empty code the template that new rows are made of.
Html work_row(const Fields& f, const std::string& n, const Words& w) {
    const auto value = [&](const char* part) {
        const auto it = f.find(std::string(part) + "_" + n);
        return it == f.end() ? std::string() : it->second;
    };
    const bool blank = value("code").empty(), part = value("kind") == "part";
    std::string name;
    bool serial = blank;
    for (const auto& row : loop::rows_of(part ? "parts" : "repair_items"))
        if (row.at("code") == value("code")) name = in(row, w), serial = part && row.value("serial", false);
    return html(
        R"(<tr data-kind="{}"><td><span data-name>{}</span> <small data-label>{}</small><input type="hidden" data-kind-field name="kind_{}" value="{}"><input type="hidden" data-code name="code_{}" value="{}"></td>
<td>{}</td><td>{}</td><td class="num"><input class="num" data-quantity name="quantity_{}" value="{}" inputmode="decimal" aria-label="{}"></td><td class="num"><input class="num" data-price name="price_{}" value="{}" inputmode="decimal" aria-label="{}"></td><td><button class="link" type="button" data-remove aria-label="{}">×</button></td></tr>)",
        value("kind"), name,
        blank  ? std::string_view()
        : part ? w("配件", "part")
               : w("工时", "labour"),
        n, value("kind"), n, value("code"), blank || part ? origin_select("origin_" + n, value("origin"), w) : Html{},
        serial ? html(R"(<input name="serial_{}" value="{}" data-serial placeholder="{}" aria-label="{}">)", n,
                      value("serial"), w("扫码或输入", "scan or type"), w("序列号", "Serial number"))
               : Html{},
        n, value("quantity"), w("数量或工时", "Quantity or hours"), n, value("price"), w("单价，元", "Price, CNY"),
        w("删去这一行", "Remove this row"));
}

json offers(const std::map<std::string, double>& posted, const Words& w) {
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
            const auto it = posted.find(row.at("zh").get<std::string>());
            if (it != posted.end()) offer["price"] = it->second;
            out.push_back(std::move(offer));
        }
    }
    return out;
}

/// The shop's own posted prices, by name.
std::map<std::string, double> posted_prices(Site& site) {
    std::map<std::string, double> out;
    const auto view = site.copy().view();
    for (const auto& shop : view->shops) {
        if (shop.value("station_id", "") != site.config().station_id) continue;
        const auto prices = shop.value("prices", json::object());
        for (const auto& item : prices.value("items", json::array()))
            out[item.value("name", "")] = item.value("labour_fee", 0.0);
        for (const auto& part : prices.value("parts", json::array()))
            out[part.value("name", "")] = part.value("unit_price", 0.0);
    }
    return out;
}

Html readings_table(const json& order, const Fields& f, const Words& w) {
    const auto failed = failed_readings(order);
    const auto dtcs = order.value("obd", json::object()).value("dtcs", json::array());
    if (failed.empty() && dtcs.empty()) return {};
    Html rows;
    for (std::size_t i = 0; i < failed.size(); ++i) {
        const auto name = fmt::format("after_{}", i);
        const auto it = f.find(name);
        rows += html(
            R"(<tr><td><label class="inline" for="{}">{}</label></td><td class="num">{}</td><td class="num"><strong>{}</strong></td><td class="num"><input class="num" id="{}" name="{}" value="{}" inputmode="decimal"></td><td>{}</td></tr>)",
            name, item_name(failed[i], w), limit_text(failed[i]), number_text(failed[i].value("value", json())), name,
            name, it == f.end() ? "" : it->second, failed[i].value("unit", ""));
    }
    Html codes;
    if (!dtcs.empty()) {
        std::string text;
        for (const auto& code : dtcs)
            text += (text.empty() ? "" : " ") + (code.is_string() ? code.get<std::string>() : code.dump());
        codes = html(
            R"(<p>{} <strong class="mono">{}</strong> <label class="inline"><input type="checkbox" name="dtcs_cleared" value="1"{}>{}</label></p>)",
            w("故障码", "Trouble codes"), text, f.contains("dtcs_cleared") ? Html{" checked"} : Html{},
            w("已排除，修后无故障码", "mended, no codes after repair"));
    }
    return html(
        R"(<h2>1 {}</h2><table><thead><tr><th>{}</th><th class="num">{}</th><th class="num">{}</th><th class="num">{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>{})",
        w("修前与修后", "Before and after"), w("不合格项目", "Failed item"), w("限值", "Limit"),
        w("检测站测得", "At the test"), w("修后自测", "After repair"), w("单位", "Unit"), rows, codes);
}

Html form_of(Site& site, const json& order, const Fields& f, const std::vector<FieldProblem>& problems,
             const Words& w) {
    const auto value = [&](const char* name) {
        const auto it = f.find(name);
        return it == f.end() ? std::string() : it->second;
    };
    const auto problem = [&](const char* name) {
        for (const auto& p : problems)
            if (p.field == name) return p.text;
        return std::string();
    };
    Html rows;
    for (int n = 0; n < form_rows_max; ++n)
        if (f.contains(fmt::format("code_{}", n)) && !f.at(fmt::format("code_{}", n)).empty())
            rows += work_row(f, std::to_string(n), w);
    Html missing;
    for (const auto& p : problems) missing += html(R"(<li><a href="#{}">{}</a></li>)", p.field, p.text);
    if (!missing.text.empty())
        missing = html(R"(<div class="note warn" role="alert"><p>{}</p><ul>{}</ul></div>)",
                       w("还不能提交，填写的内容都在。", "Not submitted yet; what you typed is kept."), missing);
    const auto vehicle = order.value("vehicle", json::object());
    const std::string episode = order.value("episode", "");
    const auto received =
        value("received_at").empty() ? loop::format_moment(station::unix_now()) : value("received_at");
    Html claim;
    if (!episode.empty()) {
        const bool here = order.value("list", "") == "here";
        claim = html(
            R"(<form method="post" action="/claim"><input type="hidden" name="token" value="{}"><input type="hidden" name="order" value="{}"><input type="hidden" name="action" value="{}"><button>{}</button></form>)",
            site.token, episode, here ? "give_back" : "take_in",
            here ? w("退回，不在本店修", "Give back") : w("接车", "Take in"));
    }
    std::string offers_text = offers(posted_prices(site), w).dump();
    for (std::size_t at = 0; (at = offers_text.find("</", at)) != std::string::npos;)
        offers_text.replace(at, 2, "<\\/");
    return html(
        R"(<section>{}<div class="fields"><div><span class="plate">{}</span><p class="meta">{} · VIN <span class="mono">{}</span></p></div><div><p>{} <strong>{}</strong></p><p class="meta">{} {} · {}</p></div><div>{}</div></div>
<form id="repair" method="post" action="/repair" autocomplete="off"><input type="hidden" name="token" value="{}"><input type="hidden" name="order" value="{}"><input type="hidden" name="received_at" value="{}"><input type="hidden" name="vehicle" value="{}">
{}<h2>2 {}</h2><table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th class="num">{}</th><th class="num">{}</th><td></td></tr></thead><tbody id="rows">{}</tbody></table>
<div class="combo"><label for="search">{}</label><input id="search" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list" autocomplete="off"><ul id="found" role="listbox" aria-label="{}" hidden></ul></div>{}
<h2>3 {}</h2><div class="fields">{}{}{}{}{}{}{}</div>
<div class="fields">{}{}</div>
<div class="foot"><div>{}</div><span class="meta" id="saved" data-lost="{}" role="status"></span><span class="fill"></span><select name="ending" aria-label="{}"><option value="">{}</option><option value="owner_refused">{}</option><option value="not_repairable">{}</option></select><button class="main">{}</button></div></form>
<template id="row">{}</template><script type="application/json" id="offers">{}</script></section>)",
        missing, shown_plate(vehicle.value("plate", vehicle.value("vin", ""))), vehicle_words(vehicle, w),
        vehicle.value("vin", "—"), w("修好期限", "Repair by"),
        order.contains("due") ? day_text(order["due"].get<std::string>(), w) : "—",
        order.value("station_name", order.value("station_id", "")), w("不合格", "failed on"),
        day_text(order.value("failed_at", ""), w), claim, site.token, episode, received,
        episode.empty() ? vehicle.dump() : "", readings_table(order, f, w), w("修了什么", "What was done"),
        w("项目或配件", "Repair or part"), w("来源", "Origin"), w("序列号", "Serial number"),
        w("数量或工时", "Quantity, hours"), w("单价，元", "Price, CNY"), rows,
        w("加一项：输入汉字或拼音首字母，回车加入", "Add one: type its name, Enter adds it"),
        w("项目和配件", "Repairs and parts"),
        problem("search").empty() ? Html{}
                                  : html(R"(<div class="error">{}{}</div>)", shape("attention"), problem("search")),
        w("出厂", "Handing over"),
        input("mileage_km", w("出厂里程，km", "Mileage, km"), value("mileage_km"), "num", problem("mileage_km")),
        input("technician_id", w("维修技师", "Technician"), value("technician_id"), "", ""),
        input("inspector_id", w("质量检验员", "Quality inspector"), value("inspector_id"), "", ""),
        input("certificate_no", w("竣工出厂合格证号", "Completion certificate"), value("certificate_no"), "", ""),
        input("warranty_days", w("质保，天", "Warranty, days"), value("warranty_days"), "num",
              problem("warranty_days")),
        input("warranty_km", w("质保，km", "Warranty, km"), value("warranty_km"), "num", problem("warranty_km")),
        input("work_order_no", w("工单号（空着自动编）", "Order number (made if empty)"), value("work_order_no"), "",
              ""),
        input("fault_description", w("故障描述", "Fault"), value("fault_description"), "", ""),
        input("quoted_fee", w("报价，元", "Quote, CNY"), value("quoted_fee"), "num", problem("quoted_fee")),
        input("total_fee", w("合计，元", "Total, CNY"), value("total_fee"), "num total", problem("total_fee")),
        w("草稿没有存上，请不要关页面。", "The draft was not saved; don't close the page."), w("结果", "Outcome"),
        w("已修复", "Repaired"), w("车主不修", "Owner refused"), w("修不好", "Not repairable"), w("提交", "Submit"),
        work_row({}, "0", w), Html{offers_text});
}

Html with_list(Site& site, const Request& r, const std::string& chosen, const Html& right,
               const std::optional<Told>& told) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    Html lists = list_of(view, "here", w("已到店", "Here"), chosen, w);
    lists += list_of(view, "chosen", w("选了本店", "Chose this shop"), chosen, w);
    lists += list_of(view, "county", w("本县待修", "In this county"), chosen, w);
    if (lists.text.empty())
        lists = html(R"(<p class="pad-side">{}</p>)",
                     w("没有送到本店的车。扫告知书二维码，或等本县待修名单。",
                       "No vehicles for this shop. Scan a notice or wait for the county list."));
    Html note;
    if (told) note = html(R"(<div class="note {}" role="status"><p>{}</p></div>)", class_of(told->tone), told->text);
    const std::string as_of = view->as_of == 0
                                  ? std::string(w("还没有连上过监管中心。", "The hub has not been reached yet."))
                                  : fmt::format(fmt::runtime(w("名单截至 {}", "As of {}")), short_time(view->as_of));
    return html(
        R"(<div class="side"><div class="lists"><form method="post" action="/scan" class="pad-side"><input type="hidden" name="token" value="{}"><label for="find">{}</label><input id="find" name="find" autocomplete="off"{}> <button>{}</button></form><div data-live>{}<p class="meta pad-side">{}</p></div></div><div>{}{}</div></div>)",
        site.token, w("扫告知书二维码，或输入车牌", "Scan the notice, or type a plate"),
        chosen.empty() && r.method == "GET" ? Html{" autofocus"} : Html{}, w("找", "Find"), lists, as_of, note, right);
}

const json* order_named(const station::HubView& view, const std::string& id) {
    if (const auto it = view.orders.find(id); it != view.orders.end()) return &*it;
    for (const auto& order : view.orders)
        if (order.value("fail_record_id", "") == id) return &order;
    return nullptr;
}

bool is_record_id(const std::string& text) {
    return text.size() == 36 && text.find_first_not_of("0123456789abcdef-") == std::string::npos;
}

Html hint(const Words& w) {
    return html(R"(<section><p>{}</p></section>)", w("从左边选一辆车，或扫告知书上的二维码。",
                                                     "Choose a vehicle on the left, or scan the code on its notice."));
}

}  // namespace

Html orders_page(Site& site, const Request& r, const std::string& episode, const std::optional<Told>& told) {
    const auto view = site.copy().view();
    const auto* order = order_named(*view, episode);
    if (order == nullptr) return with_list(site, r, "", hint(r.words), told);
    return with_list(site, r, order->value("episode", ""),
                     form_of(site, *order, drafts(site).load(order->value("episode", "")), {}, r.words), told);
}

Html scanned(Site& site, const Request& r) {
    const auto& w = r.words;
    std::string text = r.value("find");
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
    const auto view = site.copy().view();
    if (is_record_id(text)) {
        if (const auto* order = order_named(*view, text))
            return orders_page(site, r, order->value("episode", ""), std::nullopt);
        auto claim = site.begin_record("claim");
        claim.update({{"fail_record_id", text}, {"action", "take_in"}});
        const auto wrong = site.save(claim, w);
        return with_list(site, r, "", hint(w),
                         Told{wrong.empty() ? Tone::good : Tone::bad,
                              wrong.empty() ? std::string(w("已接车。检测结果一两秒后从监管中心送来。",
                                                            "Taken in. The test comes from the hub in a moment."))
                                            : wrong[0]});
    }
    const auto plate = loop::normal_plate(text);
    for (const auto& order : view->orders)
        if (!plate.empty() && order.value("state", "") == "open" &&
            loop::normal_plate(order.value("vehicle", json::object()).value("plate", "")) == plate)
            return orders_page(site, r, order.value("episode", ""), std::nullopt);
    if (plate.empty())
        return with_list(site, r, "", hint(w),
                         Told{Tone::warn, std::string(w("请输入车牌或扫码。", "Type a plate or scan a code."))});
    const json order{{"vehicle", {{"plate", plate}}}};
    return with_list(
        site, r, "", form_of(site, order, {}, {}, w),
        Told{Tone::warn,
             std::string(
                 w("名单里没有这辆车的不合格记录。可以照常填写；检测站上传后会自动对上。",
                   "This vehicle is on no list. The repair can be recorded; it is matched when the test arrives."))});
}

Html claimed(Site& site, const Request& r) {
    const auto view = site.copy().view();
    const auto* order = order_named(*view, r.value("order"));
    if (order == nullptr)
        return with_list(
            site, r, "", hint(r.words),
            Told{Tone::warn, std::string(r.words("这辆车已不在名单上。", "This vehicle is no longer listed."))});
    auto claim = site.begin_record("claim");
    claim.update({{"fail_record_id", order->value("fail_record_id", "")},
                  {"action", r.value("action") == "give_back" ? "give_back" : "take_in"}});
    const auto wrong = site.save(claim, r.words);
    return orders_page(site, r, r.value("order"),
                       Told{wrong.empty() ? Tone::good : Tone::bad,
                            wrong.empty() ? std::string(r.words("已记录。", "Recorded.")) : wrong[0]});
}

Answer draft_saved(Site& site, const Request& r) {
    Fields fields = r.form;
    fields.erase("token");
    drafts(site).save(r.value("order"), fields);
    return {200,
            "text/plain; charset=utf-8",
            fmt::format(fmt::runtime(r.words("草稿 {} 已存", "Draft saved {}")),
                        clock_text(station::unix_now()).substr(0, 5)),
            {}};
}

Answer submitted(Site& site, const Request& r, const std::vector<Tab>& tabs) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    const auto* listed = order_named(*view, r.value("order"));
    const auto typed = json::parse(r.value("vehicle"), nullptr, false);
    const json order = listed ? *listed : json{{"vehicle", typed.is_object() ? typed : json::object()}};
    Fields fields = r.form;
    fields["outcome"] = r.value("ending").empty() ? "repaired" : r.value("ending");
    const auto now = station::unix_now();
    const auto number = fmt::format("{}-{}", loop::format_day(loop::day_of(now)), site.outbox().last() + 1);
    auto repair = repair_of(order, fields, now, number, w);
    if (repair.problems.empty()) {
        auto record = site.begin_record("repair");
        record["occurred_at"] = loop::format_moment(now);
        record.update(repair.record);
        const auto wrong = site.save(record, w);
        if (wrong.empty()) {
            drafts(site).drop(r.value("order"));
            return see_other("/done?saved=" + record["record_id"].get<std::string>());
        }
        for (const auto& text : wrong) repair.problems.push_back({"search", text});
    }
    fields.erase("token");
    drafts(site).save(r.value("order"), fields);
    return page(site.frame(r, tabs), r, "/orders", w("待修车辆", "To repair"),
                with_list(site, r, r.value("order"), form_of(site, order, fields, repair.problems, w), std::nullopt));
}

}  // namespace imloop::m_station
