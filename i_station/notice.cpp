// The notice to repair (维护修理告知书) on one A4 page. The page numbers are the browser's, by station.css.
#include <fmt/format.h>
#include <qrencode.h>

#include <algorithm>
#include <memory>

#include "i_station/choice.hpp"
#include "i_station/pages.hpp"
#include "i_station/shops.hpp"
#include "journal/json.hpp"
#include "loop/tables.hpp"
#include "station/corrections.hpp"
#include "station/ids.hpp"
#include "station/page/words.hpp"

namespace imloop::i_station {

using namespace station::page;
using nlohmann::json;

namespace {

constexpr std::size_t failed_items_max = 8, codes_max = 8;
constexpr std::size_t shops_fit = 8, shops_named = 6;  ///< all where they fit, else the nearest

/// As one path of unit squares, with the quiet zone of four modules (ISO/IEC 18004).
Html qr_code(const std::string& text) {
    constexpr int quiet = 4;
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M),
                                                               QRcode_free);
    if (!code) return {};
    std::string path;
    for (int y = 0; y < code->width; ++y)
        for (int x = 0; x < code->width; ++x)
            if ((code->data[y * code->width + x] & 1) != 0) path += fmt::format("M{} {}h1v1h-1z", x + quiet, y + quiet);
    const int side = code->width + 2 * quiet;
    return html(R"(<svg class="qr" viewBox="0 0 {} {}" role="img" aria-label="QR"><path d="{}" fill="#000"/></svg>)",
                side, side, path);
}

std::string vehicle_line(const json& vehicle, const Language& w) {
    std::string out;
    for (const auto* name : {"model", "fuel", "emission_stage"}) {
        std::string word = vehicle.value(name, "");
        if (word.empty()) continue;
        if (std::string_view(name) == "fuel")
            for (const auto& row : loop::rows_of("fuels"))
                if (row.at("code") == word) word = row.at(w.lang == Lang::zh ? "zh" : "en");
        out += (out.empty() ? "" : " · ") + word;
    }
    return out.empty() ? "—" : out;
}

/// The shops' rows, and what stands under them: how many more there are, and where.
struct ShopTable {
    Html rows;
    std::string below;
};
ShopTable shop_table(const station::HubView& view, const std::string& county, const json& record, const Language& w) {
    ShopTable out;
    const auto shops = shops_by_distance(view.shops, location_of(view.own), county);
    const auto failed = record.value("failed_items", std::vector<std::string>{});
    const auto count = shops.size() <= shops_fit ? shops.size() : shops_named;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& shop = *shops[i].station;
        out.rows += html(
            R"(<tr><td><strong>{}</strong></td><td>{}</td><td>{}</td><td class="num">{}</td><td class="phone">{}</td><td class="num">{}</td></tr>)",
            shop.value("name", ""), shop.value("business_class", "—"), shop.value("address", "—"),
            shops[i].km ? fmt::format("{:.1f} km", *shops[i].km) : "—", shop.value("phone", "—"),
            price_range(shop, failed));
    }
    const bool by_distance = !shops.empty() && shops[0].km;
    const auto more = by_distance ? w("以上是最近的 {} 家，另有 {} 家已备案，名单见检测站公告栏。",
                                      "The nearest {}; {} more are filed, listed in the station's hall.")
                                  : w("以上 {} 家，另有 {} 家已备案，名单见检测站公告栏。",
                                      "These {}; {} more are filed, listed in the station's hall.");
    out.below =
        count < shops.size()
            ? fmt::format(fmt::runtime(more), count, shops.size() - count)
            : fmt::format(fmt::runtime(w("全部 {} 家已备案的维修站。", "All {} stations that are filed.")), count);
    out.below += w("您可以自由选择，任何人不得指定。价格为公示的同类维修工时费，最低与最高。",
                   " The choice is yours; no one may direct it. Prices are posted labour of such repairs, lowest and "
                   "highest.");
    return out;
}

/// Codes as P0420, as many as have room.
std::string code_words(const json& codes, const Language& w) {
    std::string out;
    std::size_t n = 0;
    for (const auto& code : codes) {
        if (++n > codes_max) continue;
        out += (out.empty() ? "" : " ") + (code.is_string() ? code.get<std::string>() : code.dump());
    }
    if (n > codes_max) out += fmt::format(fmt::runtime(w("，另有 {} 个", ", {} more")), n - codes_max);
    return out;
}

struct Failed {
    Html rows;
    std::size_t count = 0;  ///< of rows that there would be
    void add(const Html& row) {
        if (count++ < failed_items_max) rows += row;
    }
};

/// Readings that failed, then what has no reading (OBD, appearance, an item that only the verdict names).
Failed failed_rows(const json& record, const Language& w) {
    Failed out;
    auto left = record.value("failed_items", std::vector<std::string>{});
    for (const auto& reading : record.value("readings", json::array())) {
        const auto name = reading.value("item", "") + "/" + reading.value("phase", "");
        if (std::erase(left, name) == 0 && reading.value("passed", true)) continue;
        out.add(html(
            R"(<tr><td><strong>{}</strong></td><td class="num"><strong>{}</strong></td><td class="num">{}</td><td>{}</td><td>{}</td></tr>)",
            item_name(reading, w), number_text(reading.value("value", json())), limit_text(reading),
            reading.value("unit", ""), meaning(reading, w)));
    }
    for (const auto& item : left) {
        const auto slash = std::min(item.find('/'), item.size());
        const auto code = item.substr(0, slash);
        const auto codes = code == "obd"
                               ? code_words(record.value("obd", json::object()).value("dtcs", json::array()), w)
                               : std::string();
        out.add(html(R"(<tr><td><strong>{}</strong></td><td colspan="3"><strong>{}</strong></td><td>{}</td></tr>)",
                     item_name(code, item.substr(std::min(slash + 1, item.size())), w), codes,
                     meaning({{"item", code}}, w)));
    }
    return out;
}

/// Under the failed items: how many more there are, and the lamp with its codes where the OBD check itself passed.
Html below_failed(const json& record, const Failed& failed, const Language& w) {
    std::string text;
    if (failed.count > failed_items_max)
        text += fmt::format(fmt::runtime(w("另有 {} 项，见检测报告。", "{} more, see the report. ")),
                            failed.count - failed_items_max);
    const auto obd = record.value("obd", json::object());
    const auto items = record.value("failed_items", std::vector<std::string>{});
    if (obd.value("mil_on", false) && std::ranges::find(items, "obd") == items.end()) {
        const auto codes = code_words(obd.value("dtcs", json::array()), w);
        text += codes.empty()
                    ? std::string(w("故障灯亮。", "The malfunction lamp is on."))
                    : fmt::format(fmt::runtime(w("故障灯亮，故障码 {}。", "The malfunction lamp is on: {}.")), codes);
    }
    return text.empty() ? Html{} : html(R"(<p><strong>{}</strong></p>)", text);
}

/// The day by which a failure is to be repaired, as the hub counts it: its own word where its list of failed vehicles
/// has this failure, else the rule it posts, unless that holds for later failures only. Nothing where it is not known.
std::optional<std::string> due_of(const station::HubView& view, const json& record) {
    if (view.orders.is_object())
        for (const auto& order : view.orders)
            if (order.value("fail_record_id", "") == record.value("record_id", "") &&
                order.value("failed_at", "") == record.value("occurred_at", "") && order.value("state", "") == "open" &&
                !order.value("repaired", false) && order.contains("due"))
                return order["due"].get<std::string>();
    const auto failed_at = loop::parse_moment(record.value("occurred_at", ""));
    const auto days = view.policy.is_object() ? view.policy.value("repair_days", json()) : json();
    if (!failed_at || !days.is_number_integer()) return std::nullopt;
    const auto day = loop::day_of(*failed_at);
    if (view.policy.value("valid_from", "") > loop::format_day(day)) return std::nullopt;
    return loop::format_day(day + days.get<int>());
}

/// The one sentence: by when and where.
Html lead(const station::HubView& view, const json& record, const Language& w) {
    const auto due = due_of(view, record);
    if (!due)
        return html(
            R"(<p class="lead">{}</p>)",
            view.policy.is_object()
                ? w("请尽快到任一 M 站（维修站）修好，再回本站复检。期限请问监管部门：现行规定晚于这次检测，"
                    "本站没有当时的规定。",
                    "Please have it repaired at any M station soon, then come back here for the retest. Ask the "
                    "bureau for the deadline: the rule of today is later than this test, and this station does "
                    "not have the one before.")
                : w("请尽快到任一 M 站（维修站）修好，再回本站复检。期限请问监管部门：本站还没有收到监管中心的"
                    "规定。",
                    "Please have it repaired at any M station soon, then come back here for the retest. Ask the "
                    "bureau for the deadline: this station has not received the hub's rule yet."));
    return html(R"(<p class="lead">{}<strong>{}</strong>{}</p>)",
                w("请在 ", "Please have it repaired at any M station by "), day_text(*due, w),
                w(" 前到任一 M 站（维修站）修好，再回本站复检。", ", then come back here for the retest."));
}

/// `2026 年 11 月 24 日 08:30`.
std::string tested_at(const json& record, const Language& w) {
    const auto at = loop::parse_moment(record.value("occurred_at", ""));
    return at ? day_text(record.value("occurred_at", ""), w) + " " + clock_text(*at).substr(0, 5) : std::string("—");
}

/// As it counts after corrections; nothing where this station has no such failed test, or it is void.
std::optional<json> failed_record(Site& site, const std::string& record_id) {
    const auto latest = site.outbox().latest(record_id);
    if (!latest) return std::nullopt;
    const auto original = journal::parsed_or_discarded(latest->line);
    if (!original.is_object()) return std::nullopt;
    auto record = station::corrected(original, station::corrections_since(site.outbox(), latest->seq));
    if (!record.is_object() || record.value("verdict", "") != "fail") return std::nullopt;
    return record;
}

}  // namespace

std::optional<Html> notice(Site& site, const Request& r) {
    const auto& w = r.words;
    const std::string record_id = r.value("record");
    const auto found = failed_record(site, record_id);
    if (!found) return std::nullopt;
    const auto& record = *found;
    const auto view = site.copy().view();
    const auto vehicle = record.value("vehicle", json::object());
    const auto failed = failed_rows(record, w);
    auto [shop_rows, list_as_of] = shop_table(*view, site.config().station_id.substr(1, 6), record, w);
    const auto now = station::unix_now();
    if (site.uploading().state().kind == station::UploadState::Kind::waiting && view->as_of != 0)
        list_as_of += " " + fmt::format(fmt::runtime(w("没有连上监管中心，维修站名单为 {} 的版本。",
                                                       "Hub not reached; list of repair stations as of {}.")),
                                        short_time(view->as_of));
    const auto* method = loop::method_named(record.value("method", ""));
    return html(
        R"(<div class="actions pad no-print"><p>{}</p>{}</div><article class="sheet notice"><div class="top"><div><span class="tag">{}</span><h1>{}</h1><p class="meta">{}</p></div><div>{}<p>{}</p></div></div>
{}
<table><tbody><tr><th scope="row">{}</th><td><strong>{}</strong></td><th scope="row">VIN</th><td class="mono">{}</td></tr><tr><th scope="row">{}</th><td>{}</td><th scope="row">{}</th><td>{} {}</td></tr><tr><th scope="row">{}</th><td>{} ({})</td><th scope="row">{}</th><td>{}</td></tr></tbody></table>
<h2>{}</h2><table><thead><tr><th>{}</th><th class="num">{}</th><th class="num">{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table>{}
<h2>{}</h2><table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th class="num">{}</th><th>{}</th><th class="num">{}</th></tr></thead><tbody>{}</tbody></table><p class="meta">{}</p>
<div class="two"><div><h2>{}</h2><ol><li>{}</li><li>{}</li><li>{}</li></ol></div><div><h2>{}</h2><ul><li>{}</li><li>{}</li><li>{}</li></ul></div></div>
<div class="signs"><div>{}</div><div>{}</div><div>{}</div></div><p class="meta">{} {} · {} {}</p></article>)",
        w("按 Ctrl P 打印，一页 A4。", "Press Ctrl P to print; one A4 page."), choice_form(site, r, record_id),
        w("排放检验不合格", "Emission inspection failed"), w("机动车维护修理告知书", "Notice to repair"),
        w("Notice to repair after a failed emission inspection", "机动车维护修理告知书"), qr_code(record_id),
        w("维修站扫码接车", "Scan at the shop"), lead(*view, record, w), w("车牌", "Plate"),
        shown_plate(vehicle.value("plate", "—")), vehicle.value("vin", "—"), w("车型", "Vehicle"),
        vehicle_line(vehicle, w), w("检测", "Tested"), tested_at(record, w),
        method ? (w.lang == Lang::zh ? method->zh : method->en) : "", w("检测站", "Station"), site.config().name,
        site.config().station_id, w("报告号", "Report"), record.value("report_no", ""), w("哪里不合格", "What failed"),
        w("项目", "Item"), w("测得", "Measured"), w("限值", "Limit"), w("单位", "Unit"),
        w("这是什么意思", "What it means"), failed.rows, below_failed(record, failed, w),
        w("可以去哪里修", "Where to go"), w("维修站", "Station"), w("类别", "Class"), w("地址", "Address"),
        w("距本站", "Distance"), w("电话", "Phone"), w("公示工时价，元", "Labour, CNY"), shop_rows, list_as_of,
        w("三步完成", "Three steps"),
        w("带本单和行驶证到 M 站，扫右上角的码。",
          "Take this sheet and the licence to an M station and have the code scanned."),
        w("修好后索取结算清单和竣工出厂合格证。", "Ask for the settlement list and the completion certificate."),
        w("维修站上传后，回本站复检，不必再带证明。",
          "Once the shop has uploaded, come back for the retest; no papers are needed."),
        w("请注意", "Please note"),
        w("逾期未修会列入联合执法名单，上路可能受罚。",
          "Vehicles that are overdue are listed for enforcement on the road."),
        w("不要租借部件过检：配件序列号会逐一比对。", "Don't borrow parts for the test: serial numbers are compared."),
        w("遇到强制消费或只收费不修车，请拨打 12328。", "If you are made to pay for nothing, call 12328."),
        w("检测员（签字）", "Inspector"), w("车主或送检人（签字）", "Owner"), w("检测站（盖章）", "Station"),
        w("告知书编号", "Notice"), record_id.substr(0, 13),
        r.value("again").empty() ? w("打印于", "printed") : w("补打于", "printed again"),
        day_text(loop::format_moment(now), w) + " " + clock_text(now).substr(0, 5));
}

}  // namespace imloop::i_station
