// What is typed into a repair form on its way to the record: as a draft, with photos, submitted.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "loop/record/uuid.hpp"
#include "loop/written/text.hpp"
#include "m_station/order_form.hpp"
#include "m_station/pages.hpp"
#include "m_station/subject.hpp"
#include "station/attachments.hpp"
#include "station/files.hpp"
#include "station/ids.hpp"
#include "station/numbered.hpp"
#include "station/own_records.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;

namespace {

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
std::string number_taken(Site& site, const json& record, const Language& w) {
    const auto there = station::NumberedRecords(site.outbox()).standing(record);
    if (there.fate == station::NumberedRecords::Fate::fresh || there.record_id == record["record_id"]) return {};
    return std::string(w("这个工单号已记过这辆车的一次维修：请在已完成里更正那一条，或换一个工单号。",
                         "This number is on record as a repair of this vehicle: correct that one under Done, or take "
                         "another number."));
}

}  // namespace

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
        record["record_id"] = loop::is_uuid7(r.value("record_id")) ? r.value("record_id") : subject->turn.id;
        record["occurred_at"] = loop::format_moment(now);
        record.update(repair.record);
        if (auto taken =
                loop::trimmed(r.value("work_order_no")).empty() ? std::string() : number_taken(site, record, w);
            !taken.empty())
            return form_again(site, r, *subject, "", {{"work_order_no", std::move(taken)}});
        const auto attached = station::attach(record, photos);
        const auto wrong = attached ? site.save(record, w) : std::vector<std::string>{attached.error().detail()};
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
