// The work list, and what is done with the vehicle that is chosen from it.
#include <fmt/format.h>

#include "loop/json.hpp"
#include "loop/vehicle/plate.hpp"
#include "m_station/order_form.hpp"
#include "m_station/order_list.hpp"
#include "m_station/pages.hpp"
#include "station/attachments.hpp"
#include "station/files.hpp"
#include "station/ids.hpp"
#include "station/own_records.hpp"
#include "station/page/words.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;

namespace {

Drafts drafts(Site& site) { return Drafts(site.config().data / "drafts"); }

Html list_of(const station::HubView& view, const char* list, const std::string& chosen, const Words& w) {
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

Html with_list(Site& site, const Request& r, const std::string& chosen, const Html& right,
               const std::optional<Told>& told) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    Html lists;
    for (const auto* list : {"here", "chosen", "county"}) lists += list_of(*view, list, chosen, w);
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

/// The draft, or what a form begins with.
Fields begun(Site& site, const std::string& episode) {
    auto draft = drafts(site).load(episode);
    return draft.empty() ? usual_fields(site) : draft;
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> out;
    std::error_code none;
    for (const auto& file : std::filesystem::directory_iterator(folder, none)) out.push_back(file.path());
    std::ranges::sort(out);
    return out;
}

/// Another photo of the same name stays beside it.
void keep_photo(const std::filesystem::path& folder, const UploadedFile& file) {
    std::filesystem::create_directories(folder);
    const std::filesystem::path name = file.name;
    auto to = folder / name;
    for (int n = 2; std::filesystem::exists(to); ++n) {
        if (station::contents(to) == file.bytes) return;
        to = folder / fmt::format("{}-{}{}", name.stem().string(), n, name.extension().string());
    }
    station::replace_file(to, file.bytes);
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
                     order_form(site, *order, begun(site, order->value("episode", "")), {}, r.words), told);
}

Html scanned(Site& site, const Request& r) {
    const auto& w = r.words;
    std::string text = r.value("find");
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
    const auto view = site.copy().view();
    if (station::is_record_id(text)) {
        if (const auto* order = order_named(*view, text))
            return orders_page(site, r, order->value("episode", ""), std::nullopt);
        const auto wrong = site.save(station::claim_of(site.config(), text, "take_in"), w);
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
        site, r, "", order_form(site, order, usual_fields(site), {}, w),
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
    const auto wrong = site.save(station::claim_of(site.config(), order->value("fail_record_id", ""),
                                                   r.value("action") == "give_back" ? "give_back" : "take_in"),
                                 r.words);
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

std::optional<Told> photos_kept(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto folder = photo_folder(site.config(), r.value("order"));
    Fields fields = r.form;
    for (const auto* name : {"token", "drop"}) fields.erase(name);
    drafts(site).save(r.value("order"), fields);
    std::string refused;
    if (folder)
        for (const auto& file : r.files) {
            if (station::attachment_kind(file.name).empty())
                refused += (refused.empty() ? "" : " ") + file.name;
            else
                keep_photo(*folder, file);
        }
    if (folder && !r.value("drop").empty())
        for (const auto& file : files_in(*folder))
            if (file.filename() == r.value("drop")) std::filesystem::remove(file);
    if (refused.empty()) return std::nullopt;
    return Told{Tone::warn, fmt::format(fmt::runtime(w("没有加入 {}：不是照片、录像或 PDF。",
                                                       "Not added: {}. It is no photo, video or PDF.")),
                                        refused)};
}

Answer submitted(Site& site, const Request& r, const std::vector<Tab>& tabs) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    const auto* listed = order_named(*view, r.value("order"));
    const auto typed = loop::json_of(r.value("vehicle"));
    const json order = listed ? *listed : json{{"vehicle", typed.is_object() ? typed : json::object()}};
    Fields fields = r.form;
    fields["outcome"] = r.value("ending").empty() ? "repaired" : r.value("ending");
    const auto now = station::unix_now();
    const auto number = fmt::format("{}-{}", loop::format_day(loop::day_of(now)), site.outbox().last() + 1);
    auto repair = repair_of(order, fields, now, number, w, view->repair_required_members);
    const auto folder = photo_folder(site.config(), r.value("order"));
    const auto photos = folder ? files_in(*folder) : std::vector<std::filesystem::path>();
    if (folder && photos.empty() && fields["outcome"] == "repaired" &&
        is_required(view->repair_required_members, "attachments"))
        repair.problems.push_back(
            {"photos", std::string(w("照片：必填，监管部门要求。", "Photos: required by the bureau."))});
    if (repair.problems.empty()) {
        auto record = station::begin_record(site.config(), "repair");
        record["occurred_at"] = loop::format_moment(now);
        record.update(repair.record);
        const auto attached = station::attach(record, photos);
        const auto wrong = attached ? site.save(record, w) : std::vector<std::string>{attached.error().detail};
        if (wrong.empty()) {
            drafts(site).drop(r.value("order"));
            std::error_code stays;  // where it can't be renamed it stays under the order's id, with the same names
            if (!photos.empty())
                std::filesystem::rename(*folder, *photo_folder(site.config(), record["record_id"]), stays);
            return see_other("/done?saved=" + record["record_id"].get<std::string>());
        }
        for (const auto& text : wrong) repair.problems.push_back({"search", text});
    }
    fields.erase("token");
    drafts(site).save(r.value("order"), fields);
    return page(
        site.frame(r, tabs), r, "/orders", w("待修车辆", "To repair"),
        with_list(site, r, r.value("order"), order_form(site, order, fields, repair.problems, w), std::nullopt));
}

}  // namespace imloop::m_station
