#include "m_station/import_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "station/commands.hpp"
#include "station/corrections.hpp"
#include "station/files.hpp"
#include "station/ids.hpp"
#include "station/intake/shop_repairs.hpp"
#include "station/own_records.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;
using station::intake::Reason;
using station::intake::ShopOrder;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t shown_max = 500;  ///< orders on the page; all are imported

fs::path folder_of(Site& site) { return site.config().data / "import"; }

/// The file that was chosen last; it stays until it is cleared, so that nothing has to be chosen twice.
std::optional<fs::path> pending(Site& site) {
    std::error_code none;
    for (const auto& file : fs::directory_iterator(folder_of(site), none)) return file.path();
    return std::nullopt;
}

enum class Fate { fresh, there, changed, refused };

struct Plan {
    station::intake::Table table;
    station::intake::ShopRepairs repairs;
    std::vector<Fate> fates;  ///< of repairs.orders, one each
    std::size_t count(Fate fate) const { return static_cast<std::size_t>(std::ranges::count(fates, fate)); }
};

Fate fate_of(Site& site, const ShopOrder& order, const std::map<std::string, json>& corrections) {
    if (!order.problems.empty()) return Fate::refused;
    const auto line = site.outbox().line_of(order.record_id);
    if (line.empty()) return Fate::fresh;
    const auto now = corrections.contains(order.record_id)
                         ? station::corrected(json::parse(line, nullptr, false), corrections)
                         : json::parse(line, nullptr, false);
    return now == json::parse(order.line) ? Fate::there : Fate::changed;
}

journal::Result<Plan> plan_of(Site& site, const fs::path& file, std::size_t sheet) {
    auto table = station::intake::read_table(station::read_file(file), sheet);
    if (!table) return table.error();
    auto repairs = station::intake::read_shop_repairs(*table, site.config().station_id, station::unix_now());
    if (!repairs) return repairs.error();
    Plan plan{std::move(*table), std::move(*repairs), {}};
    const auto corrections = station::corrections_since(site.outbox(), 1);
    for (const auto& order : plan.repairs.orders) plan.fates.push_back(fate_of(site, order, corrections));
    return plan;
}

std::size_t sheet_of(const Request& r) {
    return static_cast<std::size_t>(std::clamp(std::atol(r.value("sheet").c_str()), 1L, 1000L));
}

State state_of(Fate fate, const Words& w) {
    switch (fate) {
        case Fate::fresh:
            return {std::string(w("可导入", "Ready")), "good", Tone::good, "", ""};
        case Fate::there:
            return {std::string(w("已导入过", "Imported before")), "none", Tone::none, "", ""};
        case Fate::changed:
            return {std::string(w("有改动", "Changed since")), "review", Tone::warn, "", ""};
        case Fate::refused:
            break;
    }
    return {std::string(w("有问题", "Not right")), "bad", Tone::bad, "", ""};
}

Html reason_line(const Reason& reason, const Words& w) {
    const auto column =
        reason.column.empty() ? std::string() : fmt::format(fmt::runtime(w("「{}」", " \"{}\"")), reason.column);
    return html("<small>{}{}</small>", fmt::format(fmt::runtime(w("第 {} 行{}：", "Row {}{}: ")), reason.row, column),
                w(reason.zh, reason.en));
}

Html order_row(const ShopOrder& order, Fate fate, const Words& w) {
    std::string plate, settled, fee = "—", content;
    if (order.problems.empty()) {
        const auto record = json::parse(order.line);
        const auto vehicle = record.value("vehicle", json::object());
        plate = shown_plate(vehicle.value("plate", vehicle.value("vin", "")));
        settled = record.value("settled_at", "").substr(0, 10);
        if (record.contains("total_fee")) fee = fmt::format("{:.2f}", record["total_fee"].get<double>());
        content = fmt::format(fmt::runtime(w("{} 项 {} 件", "{} repairs, {} parts")),
                              record.value("items", json::array()).size(), record.value("parts", json::array()).size());
    }
    Html reasons;
    for (const auto* list : {&order.problems, &order.notes})
        for (const auto& reason : *list) reasons += reason_line(reason, w);
    const auto first = order.rows.front(), last = order.rows.back();
    return html(
        R"(<tr><td>{}</td><td class="num">{}</td><td><strong>{}</strong></td><td>{}</td><td>{}</td><td class="num">{}</td><td>{}{}</td></tr>)",
        status_word(state_of(fate, w)), first == last ? fmt::format("{}", first) : fmt::format("{}–{}", first, last),
        order.work_order_no.empty() ? "—" : order.work_order_no, plate, settled, fee, content, reasons);
}

/// A button that posts, in a form of its own.
Html action(const Site& site, const char* path, const Request& r, const char* css, std::string_view text,
            const Html& fields = {}) {
    return html(
        R"(<form method="post" action="{}"><input type="hidden" name="token" value="{}"><input type="hidden" name="sheet" value="{}">{}<button class="{}">{}</button></form>)",
        path, site.token, sheet_of(r), fields, css, text);
}

Html columns_of(const Plan& plan, const Words& w) {
    Html used;
    for (const auto& column : plan.repairs.columns.used) {
        const auto& field = station::intake::shop_field(column.field);
        used += html("<li>{} → {}</li>", column.header, w(field.zh, field.en));
    }
    const auto listed = [](const std::vector<std::string>& names) {
        std::string out;
        for (const auto& name : names) out += (out.empty() ? "" : "、") + name;
        return out.empty() ? std::string("—") : out;
    };
    return html(R"(<details><summary>{}</summary><ul>{}</ul><p>{} {}</p><p>{} {}</p></details>)",
                w("哪一列是什么", "Which column is what"), used, w("个人信息，不读取：", "Personal data, not read:"),
                listed(plan.repairs.columns.personal), w("没有用到：", "Not used:"),
                listed(plan.repairs.columns.unused));
}

Html preview(Site& site, const Request& r, const fs::path& file, const Plan& plan) {
    const auto& w = r.words;
    const auto fresh = plan.count(Fate::fresh), changed = plan.count(Fate::changed),
               refused = plan.count(Fate::refused);
    Html actions;
    if (fresh > 0)
        actions +=
            action(site, "/import/save", r, "main", fmt::format(fmt::runtime(w("导入 {} 条", "Import {}")), fresh));
    if (refused > 0)
        actions +=
            html(R"(<a class="button" href="/import/rejected?sheet={}">{}</a>)", sheet_of(r),
                 fmt::format(fmt::runtime(w("下载有问题的 {} 条", "Download the {} that are not right")), refused));
    actions += action(site, "/import/clear", r, "", w("清除这个文件", "Clear this file"));
    Html corrections;
    if (changed > 0)
        corrections = html(
            R"(<div class="note warn"><p>{}</p>{}</div>)",
            fmt::format(fmt::runtime(w("{} 张工单导入过，内容有改动。原记录不改，可以写更正：",
                                       "{} orders were imported before and have changed since. The records stay; a "
                                       "correction can be written:")),
                        changed),
            action(
                site, "/import/correct", r, "",
                fmt::format(fmt::runtime(w("写 {} 条更正", "Write {} corrections")), changed),
                html(
                    R"(<label for="reason">{}</label><input id="reason" name="reason" size="40" required value="{}"> )",
                    w("理由（必填）", "Reason (required)"),
                    w("工单在维修软件中有改动", "The order was changed in the shop's software"))));
    Html sheets;
    for (std::size_t n = 1; plan.table.sheets > 1 && n <= plan.table.sheets; ++n)
        sheets += html(R"(<a href="/import?sheet={}"{}>{}</a> )", n,
                       n == sheet_of(r) ? Html{R"( aria-current="true")"} : Html{}, n);
    if (!sheets.text.empty())
        sheets =
            html("<p>{} {} · {} {}</p>", w("工作表", "Sheet"), plan.table.sheet, w("换一张：", "another:"), sheets);
    // What a person must look at stands on top.
    std::vector<std::size_t> order(plan.fates.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto gravity = [&](std::size_t i) {
        return plan.fates[i] == Fate::refused ? 0 : plan.fates[i] == Fate::changed ? 1 : 2;
    };
    std::ranges::stable_sort(order, {}, gravity);
    Html rows;
    for (std::size_t i = 0; i < std::min(order.size(), shown_max); ++i)
        rows += order_row(plan.repairs.orders[order[i]], plan.fates[order[i]], w);
    if (order.size() > shown_max)
        rows += html(R"(<tr><td colspan="7">{}</td></tr>)",
                     fmt::format(fmt::runtime(w("另有 {} 张工单没有列出。", "{} more orders are not listed.")),
                                 order.size() - shown_max));
    return html(
        R"(<p><strong>{}</strong> · {}</p>{}<div class="actions">{}</div>{}<table><thead><tr><th>{}</th><th class="num">{}</th><th>{}</th><th>{}</th><th>{}</th><th class="num">{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>{})",
        file.filename().string(),
        fmt::format(
            fmt::runtime(w("{} 张工单：{} 张可导入，{} 张导入过，{} 张有改动，{} 张有问题。还没有写入任何内容。",
                           "{} orders: {} ready, {} imported before, {} changed, {} not right. Nothing has "
                           "been written by looking.")),
            plan.fates.size(), fresh, plan.count(Fate::there), changed, refused),
        sheets, actions, corrections, w("能否导入", "Ready?"), w("行", "Row"), w("工单号", "Order"),
        w("车辆", "Vehicle"), w("结算", "Settled"), w("总费用，元", "Total, CNY"), w("内容或原因", "Content or reason"),
        rows, columns_of(plan, w));
}

Html import_page(Site& site, const Request& r) {
    const auto& w = r.words;
    const Html note = r.told ? told_note(*r.told) : Html{};
    Html below;
    if (const auto file = pending(site)) {
        const auto plan = plan_of(site, *file, sheet_of(r));
        if (plan)
            below = preview(site, r, *file, *plan);
        else
            below = html(R"(<div class="note bad" role="alert"><p><strong>{}</strong></p><p>{}</p></div>{})",
                         file->filename().string(), plan.error().detail,
                         action(site, "/import/clear", r, "", w("清除这个文件", "Clear this file")));
    }
    return html(
        R"(<div class="pad"><h1>{}</h1><p>{}</p>{}<form method="post" action="/import" enctype="multipart/form-data" class="actions"><input type="hidden" name="token" value="{}"><label for="table">{}</label><input id="table" type="file" name="table" accept=".csv,.xlsx" required> <button>{}</button></form>{}</div>)",
        w("批量导入", "Import"),
        w("维修软件导出的表格（CSV 或 XLSX）。先逐条显示，按“导入”才写入；重复导入只算一次。",
          "A table that shop software exports (CSV or XLSX). Shown first, written when you press Import; importing "
          "twice counts once."),
        note, site.token, w("表格文件", "Table"), w("查看", "Show"), below);
}

/// Saves those of one fate, as `record` makes them; what was done, and the first thing that went wrong.
template <typename Record>
Told save_all(Site& site, const Plan& plan, Fate fate, const Words& w, const Record& record) {
    std::size_t saved = 0;
    std::string wrong;
    for (std::size_t i = 0; i < plan.fates.size(); ++i) {
        if (plan.fates[i] != fate) continue;
        const auto problem = record(plan.repairs.orders[i]);
        saved += problem.empty();
        if (wrong.empty() && !problem.empty()) wrong = plan.repairs.orders[i].work_order_no + "：" + problem;
    }
    site.uploading().appended();
    return {
        wrong.empty() ? Tone::good : Tone::warn,
        fmt::format(fmt::runtime(w("已保存 {} 条，联网后自动上传。{}", "{} saved; sent when the network allows. {}")),
                    saved, wrong),
        {},
        {}};
}

std::optional<Told> acted(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto file = pending(site);
    if (!file) return Told{Tone::warn, std::string(w("请先选一个文件。", "Choose a file first.")), {}, {}};
    const auto plan = plan_of(site, *file, sheet_of(r));
    if (!plan) return std::nullopt;
    if (r.path == "/import/save")
        // The line byte for byte, so that the same file read elsewhere is the same record.
        return save_all(site, *plan, Fate::fresh, w, [&](const ShopOrder& order) {
            std::ostringstream said;
            return station::submit(site.outbox(), site.config(), order.line, {}, said) ? std::string() : said.str();
        });
    if (r.value("reason").empty()) return Told{Tone::warn, std::string(w("请写理由。", "Give the reason.")), {}, {}};
    return save_all(site, *plan, Fate::changed, w, [&](const ShopOrder& order) {
        const auto wrong = site.save(
            station::correction_of(site.config(), order.record_id, r.value("reason"), json::parse(order.line)), w);
        return wrong.empty() ? std::string() : wrong[0];
    });
}

}  // namespace

Routes import_routes(Site& site) {
    Routes out;
    const auto back_at = [](const Request& r) { return fmt::format("/import?sheet={}", sheet_of(r)); };
    out.shows["/import"] = [&site](const Request& r) {
        return site.shown(r, "/import", r.words("批量导入", "Import"), import_page(site, r));
    };
    out.shows["/import/rejected"] = [&site](const Request& r) {
        if (const auto file = pending(site))
            if (const auto plan = plan_of(site, *file, sheet_of(r)))
                return Answer{200,
                              "text/csv; charset=utf-8",
                              station::intake::rejected_csv(plan->table, plan->repairs),
                              {{"Content-Disposition", "attachment; filename=\"rejected.csv\""}}};
        return site.no_page(r);
    };
    out.acts["/import"] = [&site](const Request& r) {
        fs::remove_all(folder_of(site));
        if (!r.files.empty()) {
            fs::create_directories(folder_of(site));
            station::replace_file(folder_of(site) / r.files[0].name, r.files[0].bytes, 0600);
        }
        return Next{"/import"};
    };
    out.acts["/import/clear"] = [&site](const Request&) {
        fs::remove_all(folder_of(site));
        return Next{"/import"};
    };
    out.acts["/import/save"] = out.acts["/import/correct"] = [&site, back_at](const Request& r) {
        return Next{back_at(r), acted(site, r)};
    };
    return out;
}

}  // namespace imloop::m_station
