#include "m_station/import_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "journal/json.hpp"
#include "m_station/import_view.hpp"
#include "station/commands.hpp"
#include "station/files.hpp"
#include "station/intake/shop/header.hpp"
#include "station/own_records.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;
using station::intake::ShopOrder;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t sheets_max = 1000;

fs::path folder_of(Site& site) { return site.config().data / "import"; }
/// What was answered of the file that is chosen.
fs::path answers_of(Site& site) { return site.config().data / "import-answers.json"; }

/// The file that was chosen last; it stays until it is cleared, so that nothing has to be chosen or answered twice.
std::optional<fs::path> pending(Site& site) {
    std::error_code none;
    for (const auto& file : fs::directory_iterator(folder_of(site), none)) return file.path();
    return std::nullopt;
}

void clear(Site& site) {
    fs::remove_all(folder_of(site));
    fs::remove(answers_of(site));
}

struct Pending {
    ImportFile file;
    std::string bytes;
    journal::Result<ImportPlan> plan;
};

ImportFile file_of(Site& site, const fs::path& path) {
    ImportFile out{path.filename().string(), 0, {}};
    const auto kept = journal::parsed_or_discarded(station::contents(answers_of(site)).value_or("{}"));
    if (!kept.is_object()) return out;
    for (const auto& [key, value] : kept.items()) {
        if (!value.is_string()) continue;
        if (key == "sheet")
            out.sheet = static_cast<std::size_t>(
                std::clamp(std::atol(value.get<std::string>().c_str()), 0L, static_cast<long>(sheets_max)));
        else
            out.answers[key] = value;
    }
    return out;
}

std::optional<Pending> chosen(Site& site) {
    const auto path = pending(site);
    if (!path) return std::nullopt;
    auto file = file_of(site, *path);
    auto bytes = station::read_file(*path);
    auto plan = plan_import(site.outbox(), site.config(), bytes, file.sheet, file.answers);
    return Pending{std::move(file), std::move(bytes), std::move(plan)};
}

void keep_answers(Site& site, const Request& r) {
    json out = json::object();
    constexpr std::string_view prefix = "q.";
    for (const auto& [name, value] : r.form)
        if (name.starts_with(prefix)) out[name.substr(prefix.size())] = value;
    if (!r.value("sheet").empty()) out["sheet"] = r.value("sheet");
    station::replace_file(answers_of(site), out.dump(), 0600);
}

Html import_page(Site& site, const Request& r) {
    const auto& w = r.words;
    const Html note = r.told ? told_note(*r.told) : Html{};
    Html below;
    if (const auto pending = chosen(site)) {
        const auto table = pending->plan ? journal::Result<station::intake::Table>(pending->plan->table)
                                         : station::intake::read_shop_table(pending->bytes, pending->file.sheet);
        below = pending->plan
                    ? import_preview(site, r, pending->file, *pending->plan)
                    : import_refused(site, r, pending->file, pending->plan.error(), table ? &*table : nullptr);
    }
    return html(
        R"(<div class="pad"><h1>{}</h1><p>{}</p>{}<form method="post" action="/import" enctype="multipart/form-data" class="actions"><input type="hidden" name="token" value="{}"><label for="table">{}</label><input id="table" type="file" name="table" accept=".csv,.xlsx" required> <button>{}</button></form>{}</div>)",
        w("批量导入", "Import"),
        w("维修软件导出的表格（CSV 或 XLSX）。先逐条显示，按“导入”才写入；重复导入只算一次。",
          "A table that shop software exports (CSV or XLSX). Shown first, written when you press Import; importing "
          "twice counts once."),
        note, site.token, w("表格文件", "Table"), w("查看", "Show"), below);
}

/// Those of one fate, as `save` does it, which says whether it did.
template <typename Save>
Next save_all(Site& site, const ImportPlan& plan, Fate fate, const Language& w, const Save& save) {
    std::size_t saved = 0;
    for (std::size_t i = 0; i < plan.fates.size(); ++i)
        if (plan.fates[i] == fate) saved += save(plan.repairs.orders[i]) ? 1 : 0;
    site.uploading().appended();
    const auto failed = plan.count(fate) - saved;
    if (failed == 0)
        return {"/import", Told{Tone::good,
                                fmt::format(fmt::runtime(w("已保存 {} 条，联网后自动上传。",
                                                           "{} saved; sent when the network allows.")),
                                            saved),
                                {},
                                {}}};
    return {"/import", Told{Tone::warn,
                            fmt::format(fmt::runtime(w("已保存 {} 条；{} 条没有保存，仍列在下面。",
                                                       "{} saved; {} were not and are still listed.")),
                                        saved, failed),
                            {},
                            {}}};
}

Next acted(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto pending = chosen(site);
    if (!pending || !pending->plan) return {"/import"};
    if (r.path == "/import/save")
        // The line byte for byte, so that the same file read elsewhere is the same record.
        return save_all(site, *pending->plan, Fate::fresh, w, [&](const ShopOrder& order) {
            std::ostringstream said;
            return station::submit(site.outbox(), site.config(), order.line, {}, said);
        });
    if (r.value("reason").empty())
        return {"/import", Told{Tone::warn, std::string(w("请写理由。", "Give the reason.")), {}, {}}};
    return save_all(site, *pending->plan, Fate::changed, w, [&](const ShopOrder& order) {
        return site
            .save(
                station::correction_of(site.config(), order.record_id, r.value("reason"), journal::parsed(order.line)),
                w)
            .empty();
    });
}

void keep_file(Site& site, const Request& r) {
    clear(site);
    if (r.files.empty()) return;
    fs::create_directories(folder_of(site));
    station::replace_file(folder_of(site) / r.files[0].name, r.files[0].bytes, 0600);
}

}  // namespace

Routes import_routes(Site& site) {
    Routes out;
    out.shows["/import"] = [&site](const Request& r) {
        return site.shown(r, "/import", r.words("批量导入", "Import"), import_page(site, r));
    };
    out.shows["/import/rejected"] = [&site](const Request& r) {
        const auto pending = chosen(site);
        if (!pending || !pending->plan) return site.no_page(r);
        return Answer{200,
                      "text/csv; charset=utf-8",
                      station::intake::rejected_csv(pending->plan->table, pending->plan->repairs),
                      {{"Content-Disposition", "attachment; filename=\"rejected.csv\""}}};
    };
    out.acts["/import"] = [&site](const Request& r) {
        keep_file(site, r);
        return Next{"/import"};
    };
    out.acts["/import/answers"] = [&site](const Request& r) {
        keep_answers(site, r);
        return Next{"/import"};
    };
    out.acts["/import/clear"] = [&site](const Request&) {
        clear(site);
        return Next{"/import"};
    };
    out.acts["/import/save"] = out.acts["/import/correct"] = [&site](const Request& r) { return acted(site, r); };
    return out;
}

}  // namespace imloop::m_station
