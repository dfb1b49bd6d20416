// The work list, and what is done with the vehicle that is chosen from it.
#include <fmt/format.h>

#include <cstdlib>

#include "loop/json.hpp"
#include "loop/written/text.hpp"
#include "m_station/order_form.hpp"
#include "m_station/order_list.hpp"
#include "m_station/pages.hpp"
#include "station/attachments.hpp"
#include "station/claims.hpp"
#include "station/files.hpp"
#include "station/ids.hpp"
#include "station/numbered.hpp"
#include "station/own_records.hpp"
#include "station/page/scanned.hpp"
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

/// Drafts of vehicles that stand on no list.
Html drafts_list(Site& site, const station::HubView& view, const std::string& chosen, const Words& w) {
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

Html hint(const Words& w) {
    return html(R"(<section><p>{}</p></section>)", w("从左边选一辆车，或扫告知书上的二维码。",
                                                     "Choose a vehicle on the left, or scan the code on its notice."));
}

/// What one form is about: an order of the hub, or a vehicle that was typed.
struct Subject {
    std::string id;  ///< the episode, or draft_id()
    json order;
    Draft draft;
    station::FormTurn turn;  ///< of the repair
    /// Of a notice or a list: the failed record.
    std::string failure() const { return order.value("fail_record_id", ""); }
};

/// By episode, failed record or draft; nothing where it is neither on a list nor kept.
std::optional<Subject> subject_of(Site& site, const Request& r) {
    const auto view = site.copy().view();
    Subject out;
    const auto* listed = order_named(*view, r.value("order"));
    out.id = listed ? listed->value("episode", "") : r.value("order");
    out.draft = drafts(site).load(out.id);
    out.order = listed ? *listed : out.draft.order;
    if (!out.order.is_object() && r.form.contains("vehicle")) {
        // The draft is gone, the form knows the vehicle.
        const auto vehicle = loop::json_of(r.value("vehicle"));
        if (vehicle.is_object() && !vehicle.empty()) out.order = {{"vehicle", vehicle}};
    }
    if (!out.order.is_object() || !station::is_record_id(out.id)) return std::nullopt;
    out.turn = station::form_turn(site.outbox(), out.failure().empty() ? out.id : out.failure(), "repair");
    return out;
}

/// What is typed, of all that a form sends.
Fields typed_in(const Request& r) {
    Fields out = r.form;
    for (const auto* name :
         {"token", "order", "record_id", "version", "form", "again", "vehicle", "photos", "drop", "ending"})
        out.erase(name);
    return out;
}

/// Whether it is kept; not where another window has saved since this one's form was made.
bool keep_draft(Site& site, const Request& r, const Subject& subject) {
    const auto seen = std::strtoull(r.value("version").c_str(), nullptr, 10);
    return drafts(site).save(subject.id, {0, r.value("form"), subject.order, typed_in(r)}, seen);
}

std::string place_of(const Request& r, const Subject& subject) {
    return "/orders?order=" + subject.id + (r.value("again").empty() ? "" : "&again=1");
}

/// The form again, with what was typed, for as long as the draft is the one of now.
Next form_again(Site& site, const Request& r, const Subject& subject, std::string text, FieldProblems problems = {}) {
    return {place_of(r, subject),
            Told{Tone::warn, std::move(text), std::move(problems), {{"writer", drafts(site).load(subject.id).writer}}}};
}

Next overtaken(Site& site, const Request& r, const Subject& subject) {
    return form_again(site, r, subject,
                      std::string(r.words(
                          "另一个窗口里也在填这辆车，那边的已存为草稿；这里的还没有存，填写的内容都在下面。再存或提交，"
                          "就以这里的为准。",
                          "Another window has saved a draft of this vehicle; what you typed here is not saved yet and "
                          "stands below. Save or submit again, and what stands here counts.")));
}

/// Why a number that the shop typed is another repair's already, by whichever door that came; empty where it is free.
std::string number_taken(Site& site, const json& record, const Words& w) {
    const auto there = station::NumberedRecords(site.outbox()).standing(record);
    if (there.fate == station::NumberedRecords::Fate::fresh || there.record_id == record["record_id"]) return {};
    return std::string(w("这个工单号已记过这辆车的一次维修：请在已完成里更正那一条，或换一个工单号。",
                         "This number is on record as a repair of this vehicle: correct that one under Done, or take "
                         "another number."));
}

/// A repair of this failure was saved here: said before another one begins.
Html submitted_before(const Subject& subject, const Words& w) {
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

Answer draft_saved(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto said = [](int status, std::string text) {
        return Answer{status, "text/plain; charset=utf-8", std::move(text), {}};
    };
    const auto subject = subject_of(site, r);
    if (!subject || site.is_saved(r.value("record_id")))
        return said(409,
                    std::string(w("草稿没有存上：这张表已经提交过，或车辆已不在名单上。",
                                  "The draft was not saved: the form was submitted, or the vehicle left the list.")));
    if (!keep_draft(site, r, *subject))
        return said(409,
                    std::string(w("草稿没有存上：另一个窗口里改过这张表。提交时会再问。",
                                  "The draft was not saved: another window changed this form. Submitting will ask.")));
    return said(200, fmt::format(fmt::runtime(w("草稿 {} 已存", "Draft saved {}")),
                                 clock_text(station::unix_now()).substr(0, 5)));
}

Next draft_dropped(Site& site, const Request& r) {
    drafts(site).drop(r.value("order"));
    return {"/orders"};
}

Next photos_kept(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto subject = subject_of(site, r);
    if (!subject) return {"/orders"};
    const auto folder = photo_folder(site.config(), subject->id);
    std::string refused;
    for (const auto& file : r.files) {
        if (station::attachment_kind(file.name).empty())
            refused += (refused.empty() ? "" : " ") + file.name;
        else
            keep_photo(*folder, file);
    }
    if (!r.value("drop").empty())
        for (const auto& file : files_in(*folder))
            if (file.filename() == r.value("drop")) std::filesystem::remove(file);
    if (!keep_draft(site, r, *subject)) return overtaken(site, r, *subject);
    if (refused.empty()) return {place_of(r, *subject)};
    return form_again(site, r, *subject,
                      fmt::format(fmt::runtime(w("没有加入 {}：不是照片、录像或 PDF。",
                                                 "Not added: {}. It is no photo, video or PDF.")),
                                  refused));
}

Next submitted(Site& site, const Request& r) {
    const auto& w = r.words;
    if (site.is_saved(r.value("record_id")))
        return {"/done?saved=" + r.value("record_id"),
                Told{Tone::good,
                     std::string(w("这张表已经提交，只记了一次。要改内容请写更正。",
                                   "This form is submitted and recorded once. To change it write a correction.")),
                     {},
                     {}}};
    const auto subject = subject_of(site, r);
    if (!subject)
        return {"/orders", Told{Tone::bad,
                                std::string(w("没有提交：这辆车已不在名单上，请重新扫码或输入车牌。",
                                              "Not submitted: the vehicle left the list. Scan it or type its plate.")),
                                {},
                                {}}};
    if (!keep_draft(site, r, *subject)) return overtaken(site, r, *subject);
    const auto view = site.copy().view();
    Fields fields = r.form;
    fields["outcome"] = r.value("ending").empty() ? "repaired" : r.value("ending");
    const auto now = station::unix_now();
    const auto number = fmt::format("{}-{}", loop::format_day(loop::day_of(now)), site.outbox().last() + 1);
    auto repair = repair_of(subject->order, fields, now, number, w, view->repair_required_members);
    const auto folder = photo_folder(site.config(), subject->id);
    const auto photos = files_in(*folder);
    if (photos.empty() && fields["outcome"] == "repaired" && is_required(view->repair_required_members, "attachments"))
        repair.problems.push_back(
            {"photos", std::string(w("照片：必填，监管部门要求。", "Photos: required by the bureau."))});
    if (repair.problems.empty()) {
        auto record = station::begin_record(site.config(), "repair");
        record["record_id"] = station::is_record_id(r.value("record_id")) ? r.value("record_id") : subject->turn.id;
        record["occurred_at"] = loop::format_moment(now);
        record.update(repair.record);
        if (auto taken =
                loop::trimmed(r.value("work_order_no")).empty() ? std::string() : number_taken(site, record, w);
            !taken.empty())
            return form_again(site, r, *subject, "", {{"work_order_no", std::move(taken)}});
        const auto attached = station::attach(record, photos);
        const auto wrong = attached ? site.save(record, w) : std::vector<std::string>{attached.error().detail};
        if (wrong.empty()) {
            drafts(site).drop(subject->id);
            std::error_code stays;  // where it can't be renamed it stays under the order's id, with the same names
            if (!photos.empty())
                std::filesystem::rename(*folder, *photo_folder(site.config(), record["record_id"]), stays);
            return {"/done?saved=" + record["record_id"].get<std::string>()};
        }
        for (const auto& text : wrong) repair.problems.push_back({"search", text});
    }
    return form_again(site, r, *subject, "", std::move(repair.problems));
}

}  // namespace imloop::m_station
