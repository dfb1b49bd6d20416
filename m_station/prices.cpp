#include "m_station/prices.hpp"

#include "journal/json.hpp"
#include "loop/tables.hpp"
#include "m_station/price_list.hpp"
#include "station/corrections.hpp"
#include "station/ids.hpp"
#include "station/own_records.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;

namespace {

/// Each save of the page is the next one.
station::FormTurn turn_of(Site& site) {
    return station::form_turn(site.outbox(), site.config().station_id, "price list");
}

/// What was saved last here, as it counts; null where there is none.
json own_list(Site& site) {
    const auto id = turn_of(site).before;
    const auto latest = id.empty() ? std::nullopt : site.outbox().latest(id);
    if (!latest) return {};
    const auto record = journal::parsed_or_discarded(latest->line);
    if (!record.is_object()) return {};
    return station::corrected(record, station::corrections_since(site.outbox(), latest->seq));
}

}  // namespace

json prices_in_force(Site& site) {
    json out = json::object();
    const auto view = site.copy().view();
    for (const auto& shop : view->shops)
        if (shop.value("station_id", "") == site.config().station_id) out = shop.value("prices", json::object());
    if (auto own = own_list(site); own.is_object() && own.value("valid_from", "") >= out.value("valid_from", ""))
        out = std::move(own);
    return {{"items", out.value("items", json::array())}, {"parts", out.value("parts", json::array())}};
}

Html prices_page(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto told = r.told.value_or(Told{});
    const bool is_refused = told.tone == Tone::warn || told.tone == Tone::bad;
    const auto shown = shown_prices(prices_in_force(site));
    Html rows;
    for (const auto* table : {"repair_items", "parts"})
        for (const auto& row : loop::rows_of(table)) {
            const auto code = row.at("code").get<std::string>();
            const auto typed = r.form.find(code);
            rows += html(
                R"(<tr{}><td><label class="inline" for="{}">{}</label></td><td>{}</td><td class="num"><input class="num" id="{}" name="{}" value="{}" inputmode="decimal" autocomplete="off"{}>{}</td></tr>)",
                field_class(told.problems, code), code, row.at(w.lang == Lang::zh ? "zh" : "en").get<std::string>(),
                std::string_view(table) == "parts" ? w("配件", "part") : w("工时", "labour"), code, code,
                is_refused && typed != r.form.end() ? typed->second : shown.value(code, ""),
                field_marks(told.problems, code), field_error(told.problems, code));
        }
    // A form that was not saved goes on from what it was made from.
    const auto was = is_refused && r.form.contains("was") ? r.value("was") : shown.dump();
    return html(
        R"(<div class="pad"><h1>{}</h1><p>{}</p>{}<form method="post" action="/prices"><input type="hidden" name="token" value="{}"><input type="hidden" name="was" value="{}"><table><tbody>{}</tbody></table><p class="actions"><button class="main">{}</button></p></form></div>)",
        w("价目表", "Prices"),
        w("公示给车主和监管部门的价格，印在告知书上。不做的项目空着。",
          "What owners and the bureau see, printed on the notices. Leave empty what you don't do."),
        told_note(told), site.token, was, rows, w("保存并公示", "Save and post"));
}

Next prices_asked(Site& site, const Request& r) {
    const auto& w = r.words;
    auto prices = with_typed_prices(prices_in_force(site), r.form, w);
    const auto back = [](Tone tone, std::string_view text, FieldProblems problems = {}) {
        return Next{"/prices", Told{tone, std::string(text), std::move(problems), {}}};
    };
    if (!prices.problems.empty())
        return back(Tone::warn, w("还没有保存，填写的内容都在。", "Not saved yet; what you typed is kept."),
                    std::move(prices.problems));
    if (!prices.is_changed) return back(Tone::good, w("公示的就是下面的价格。", "These prices are posted."));
    auto record = station::begin_record(site.config(), "price_list");
    record["record_id"] = turn_of(site).id;
    record["valid_from"] = loop::format_day(loop::day_of(station::unix_now()));
    record["items"] = prices.list["items"];
    if (!prices.list["parts"].empty()) record["parts"] = prices.list["parts"];
    const auto wrong = site.save(record, w);
    return wrong.empty() ? back(Tone::good, w("已保存，今天起公示。", "Saved; posted from today."))
                         : back(Tone::bad, wrong[0]);
}

}  // namespace imloop::m_station
