// The work list, and what is done with the vehicle that is chosen from it.
#include <fmt/format.h>

#include "m_station/order_form.hpp"
#include "m_station/order_list.hpp"
#include "m_station/pages.hpp"
#include "m_station/subject.hpp"
#include "station/claims.hpp"
#include "station/ids.hpp"
#include "station/own_records.hpp"
#include "station/page/scanned.hpp"
#include "station/page/words.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;

namespace {

Html list_of(const station::HubView& view, const char* list, const std::string& chosen, const Language& w) {
    const auto today = loop::day_of(station::unix_now());
    Html rows;
    int count = 0;
    for (const auto* order : orders_of(view, list)) {
        if (!is_to_repair(*order)) continue;
        ++count;
        const auto due = due_text(order->value("due", ""), today, w);
        const std::string episode = order->value("episode", "");
        rows += html(
            R"(<li><a href="/orders?order={}"{}><span class="due {}">{}</span><strong>{}</strong><small>{}</small><small>{}</small></a></li>)",
            episode, episode == chosen ? Html{R"( aria-current="true")"} : Html{}, due.css, due.text,
            plate_words(*order), vehicle_words(order->value("vehicle", json::object()), w), failed_words(*order, w));
    }
    if (count == 0) return {};
    return html(R"(<h2 class="meta pad-side">{} {}</h2><ul class="list">{}</ul>)", list_name(list, w), count, rows);
}

/// Drafts of vehicles that stand on no list.
Html drafts_list(Site& site, const station::HubView& view, const std::string& chosen, const Language& w) {
    Html rows;
    for (const auto& id : drafts(site).all()) {
        if (order_named(view, id) != nullptr) continue;
        const auto order = drafts(site).load(id).order;
        if (!order.is_object()) continue;
        rows += html(R"(<li><a href="/orders?order={}"{}><strong>{}</strong><small>{}</small></a></li>)", id,
                     id == chosen ? Html{R"( aria-current="true")"} : Html{}, plate_words(order),
                     w("不在名单上", "on no list"));
    }
    return rows.text.empty()
               ? Html{}
               : html(R"(<h2 class="meta pad-side">{}</h2><ul class="list">{}</ul>)", w("草稿", "Drafts"), rows);
}

Html with_list(Site& site, const Request& r, const std::string& chosen, const Html& right) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    const auto told = r.told.value_or(Told{});
    Html lists;
    for (const auto* list : {"here", "chosen", "county"}) lists += list_of(*view, list, chosen, w);
    lists += drafts_list(site, *view, chosen, w);
    if (lists.text.empty())
        lists = html(R"(<p class="pad-side">{}</p>)",
                     w("没有送到本店的车。扫告知书二维码，或等本县待修名单。",
                       "No vehicles for this shop. Scan a notice or wait for the county list."));
    const std::string as_of = view->as_of == 0
                                  ? std::string(w("还没有连上过监管中心。", "The hub has not been reached yet."))
                                  : fmt::format(fmt::runtime(w("名单截至 {}", "As of {}")), short_time(view->as_of));
    const auto find = problem_of(told.problems, "find").empty() ? std::string() : r.value("find");
    return html(
        R"(<div class="side"><div class="lists"><form method="post" action="/scan" class="pad-side"><input type="hidden" name="token" value="{}"><label for="find">{}</label><input id="find" name="find" value="{}" autocomplete="off"{}{}> <button>{}</button>{}</form><div data-live>{}<p class="meta pad-side">{}</p></div></div><div>{}{}</div></div>)",
        site.token, w("扫告知书二维码，或输入车牌、VIN", "Scan the notice, or type a plate or VIN"), find,
        chosen.empty() ? Html{" autofocus"} : Html{}, field_marks(told.problems, "find"), w("找", "Find"),
        field_error(told.problems, "find"), lists, as_of, told_note(told), right);
}

Html hint(const Language& w) {
    return html(R"(<section><p>{}</p></section>)", w("从左边选一辆车，或扫告知书上的二维码。",
                                                     "Choose a vehicle on the left, or scan the code on its notice."));
}

/// A repair of this failure was saved here: said before another one begins.
Html submitted_before(const Subject& subject, const Language& w) {
    return html(
        R"(<section><div class="vehicle"><div><span class="plate">{}</span></div></div><p>{}</p><p class="actions"><a class="button main" href="/done?saved={}">{}</a> <a class="button" href="/orders?order={}&amp;again=1">{}</a></p></section>)",
        plate_words(subject.order),
        w("本店已为这次不合格提交过维修。要改内容，在已完成里写更正。",
          "This shop has submitted a repair for this failure. To change it write a correction under Done."),
        subject.turn.before, w("查看已完成", "Show it"), subject.id,
        w("又修了一次，再填一张", "Repaired again: a further form"));
}

}  // namespace

Html orders_page(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto subject = subject_of(site, r);
    if (!subject) return with_list(site, r, "", hint(w));
    const bool again = !r.value("again").empty();
    const bool was_sent = r.form.contains("record_id") && r.told && r.told->more.is_object() &&
                          r.told->more.value("writer", "") == subject->draft.writer;
    if (!was_sent && !again && !subject->turn.before.empty() && subject->draft.fields.empty())
        return with_list(site, r, subject->id, submitted_before(*subject, w));
    const auto fields = was_sent ? r.form : subject->draft.fields.empty() ? usual_fields(site) : subject->draft.fields;
    const auto claim =
        subject->failure().empty() ? std::string() : station::claim_turn(site.outbox(), subject->failure());
    const FormOf form{subject->id, was_sent ? r.value("record_id") : subject->turn.id, claim, subject->draft.version,
                      again};
    Html right = order_form(site, subject->order, form, fields, r.told.value_or(Told{}).problems, w);
    if (subject->draft.version != 0 && !subject->order.contains("episode"))
        right += html(
            R"(<form method="post" action="/draft/drop" class="pad"><input type="hidden" name="token" value="{}"><input type="hidden" name="order" value="{}"><button>{}</button></form>)",
            site.token, subject->id, w("不要这份草稿了", "Discard this draft"));
    return with_list(site, r, subject->id, right);
}

Next scanned(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    const auto given = judge_scanned(r.value("find"));
    const auto refused = [&](std::string_view why) {
        return Next{"/orders", Told{Tone::warn, "", {{"find", std::string(why)}}, {}}};
    };
    using Kind = Scanned::Kind;
    if (given.kind == Kind::none) return refused(w("请输入车牌或扫码。", "Type a plate or scan a code."));
    if (given.kind == Kind::refused) return refused(w(given.why.zh, given.why.en));
    if (given.kind == Kind::record) {
        if (const auto* order = order_named(*view, given.value))
            return {"/orders?order=" + order->value("episode", "")};
        const auto claim = station::claim_to_write(site.outbox(), site.config(), given.value, "take_in");
        const auto wrong = claim ? site.save(*claim, w) : std::vector<std::string>();
        return {"/orders", Told{wrong.empty() ? Tone::good : Tone::bad,
                                wrong.empty() ? std::string(w("已接车。检测结果一两秒后从监管中心送来。",
                                                              "Taken in. The test comes from the hub in a moment."))
                                              : wrong[0],
                                {},
                                {}}};
    }
    const json vehicle{{given.kind == Kind::vin ? "vin" : "plate", given.value}};
    const auto id = draft_id(vehicle);
    for (const auto& order : view->orders) {
        const auto theirs = order.value("vehicle", json::object());
        const json same{
            {given.kind == Kind::vin ? "vin" : "plate", theirs.value(given.kind == Kind::vin ? "vin" : "plate", "")}};
        if (order.value("state", "") == "open" && draft_id(same) == id)
            return {"/orders?order=" + order.value("episode", "")};
    }
    if (drafts(site).load(id).version == 0) drafts(site).save(id, {0, "", {{"vehicle", vehicle}}, {}}, 0);
    auto text =
        std::string(w("名单里没有这辆车的不合格记录。可以照常填写；检测站上传后会自动对上。",
                      "This vehicle is on no list. The repair can be recorded; it is matched when the test arrives."));
    if (!given.why.zh.empty()) text += " " + std::string(w(given.why.zh, given.why.en));
    return {"/orders?order=" + id, Told{Tone::warn, text, {}, {}}};
}

Next claimed(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    const auto* order = order_named(*view, r.value("order"));
    if (order == nullptr)
        return {"/orders",
                Told{Tone::warn, std::string(w("这辆车已不在名单上。", "This vehicle is no longer listed.")), {}, {}}};
    const auto claim =
        station::claim_to_write(site.outbox(), site.config(), order->value("fail_record_id", ""),
                                r.value("action") == "give_back" ? "give_back" : "take_in", "", r.value("turn"));
    const auto wrong = claim ? site.save(*claim, w) : std::vector<std::string>();
    return {"/orders?order=" + order->value("episode", ""),
            Told{wrong.empty() ? Tone::good : Tone::bad,
                 wrong.empty() ? std::string(w("已记录。", "Recorded.")) : wrong[0],
                 {},
                 {}}};
}

}  // namespace imloop::m_station
