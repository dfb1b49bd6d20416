// What the shop has done and how it ended; the settlement list on paper.
#include <fmt/format.h>

#include <cstdlib>
#include <limits>

#include "journal/json.hpp"
#include "loop/tables.hpp"
#include "m_station/order_list.hpp"
#include "m_station/pages.hpp"
#include "station/corrections.hpp"
#include "station/ids.hpp"
#include "station/own_records.hpp"
#include "station/page/correcting.hpp"
#include "station/page/words.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;
using station::corrections_since;

namespace {

constexpr std::size_t lines_looked_at = 200;  ///< for one page

/// Waiting, accepted, retest allowed, passed or failed again.
State ending(const station::Queued& q, const station::HubView& view, const Language& w) {
    if (q.status.empty()) return {std::string(w("等待", "Waiting")), "waiting", Tone::none, "", ""};
    if (q.status == "rejected") return {std::string(w("需处理", "Needs attention")), "attention", Tone::warn, "", ""};
    for (const auto& order : view.orders) {
        const auto repairs = order.value("repairs", json::array());
        const auto mine =
            std::ranges::find_if(repairs, [&](const json& r) { return r.value("record_id", "") == q.record_id; });
        if (mine == repairs.end()) continue;
        if (is_to_repair(order) && order.value("failures", 1) <= 1) break;  // the repair does not count
        return standing(order, w);
    }
    return {std::string(w("已接收", "Accepted")), "good", Tone::good, "", ""};
}

std::string money(const json& value) { return value.is_number() ? fmt::format("{:.2f}", value.get<double>()) : "—"; }

}  // namespace

Html done_page(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    const auto asked = std::strtoull(r.value("before").c_str(), nullptr, 10);
    const auto before = asked == 0 ? std::numeric_limits<std::int64_t>::max() : asked;
    const auto lines = site.outbox().recent("", before, lines_looked_at);
    Html older;
    if (lines.size() == lines_looked_at)
        older = html(R"(<p><a href="/done?before={}">{}</a></p>)", lines.back().seq, w("更早的", "Older ones"));
    const auto corrections = corrections_since(site.outbox(), lines.empty() ? 1 : lines.back().seq);
    Html rows;
    for (const auto& q : lines) {
        const auto record = journal::parsed_or_discarded(q.line);
        if (!record.is_object() || record.value("schema", "") != "imloop/repair/1") continue;
        const auto correction = corrections.find(q.record_id);
        const auto now = station::corrected(record, corrections);
        const auto& shown = now.is_null() ? record : now;
        const auto summary = summary_of(shown, w);
        const auto at = loop::parse_moment(summary.when);
        const Html note = correction == corrections.end() ? Html{} : correction_note(record, correction->second, w);
        rows += html(
            R"(<tr{}><td>{}</td><td>{}</td><td><strong>{}</strong><small>{}</small>{}</td><td class="num">{}</td><td><a href="/settlement?record={}">{}</a> · <a href="/record?seq={}">{}</a>{}</td></tr>)",
            q.record_id == r.value("saved") ? Html{R"( class="chosen")"} : Html{},
            status_word(now.is_null() ? State{std::string(w("已作废", "Void")), "none", Tone::none, "", ""}
                                      : ending(q, *view, w)),
            at ? short_time(*at) : "", summary.what, shown.value("work_order_no", ""), note,
            now.is_null() ? html("<del>{}</del>", money(record.value("total_fee", json())))
                          : html("{}", money(shown.value("total_fee", json()))),
            q.record_id, w("结算清单", "Settlement list"), q.seq, w("查看", "Show"),
            q.status == "rejected" ? Html{}
                                   : html(R"( · <a href="/correct?seq={}">{}</a>)", q.seq, w("更正", "Correct")));
    }
    if (rows.text.empty())
        return html(R"(<div class="pad" data-live><h1>{}</h1><p>{}</p>{}</div>)", w("已完成", "Done"),
                    older.text.empty() ? w("还没有维修记录。", "No repairs yet.")
                                       : w("这一段没有维修记录。", "No repairs among these."),
                    older);
    return html(
        R"(<div class="pad">{}<div data-live><h1>{}</h1><table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th class="num">{}</th><td></td></tr></thead><tbody>{}</tbody></table>{}</div></div>)",
        r.told ? told_note(*r.told) : Html{}, w("已完成", "Done"), w("结果", "State"), w("时间", "Time"),
        w("车辆和工单", "Vehicle and order"), w("合计，元", "Total, CNY"), rows, older);
}

std::optional<Html> settlement_list(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto original = journal::parsed_or_discarded(site.outbox().line_of(r.value("record")));
    if (!original.is_object() || original.value("schema", "") != "imloop/repair/1") return std::nullopt;
    const auto record = station::corrected(original, corrections_since(site.outbox(), 1));
    if (record.is_null()) return std::nullopt;
    Html rows;
    for (const auto& item : record.value("items", json::array()))
        rows += html(R"(<tr><td>{}</td><td>{}</td><td></td><td class="num">{}</td><td class="num">{}</td></tr>)",
                     repair_item_name(item, w), w("工时", "labour"), number_text(item.value("labour_hours", json())),
                     money(item.value("labour_fee", json())));
    for (const auto& part : record.value("parts", json::array()))
        rows += html(
            R"(<tr><td>{}</td><td>{}</td><td class="mono">{}</td><td class="num">{}</td><td class="num">{}</td></tr>)",
            part.value("name", ""), w("配件", "part"), part.value("serial_no", ""),
            number_text(part.value("quantity", json())), money(part.value("unit_price", json())));
    const auto vehicle = record.value("vehicle", json::object());
    const auto warranty = record.value("warranty", json::object());
    return html(
        R"(<div class="actions pad no-print"><p>{}</p></div><article class="sheet"><div class="top"><div><h1>{}</h1><p>{} ({})</p></div></div>
<table><tbody><tr><th scope="row">{}</th><td><strong>{}</strong></td><th scope="row">VIN</th><td class="mono">{}</td></tr><tr><th scope="row">{}</th><td>{}</td><th scope="row">{}</th><td>{}</td></tr><tr><th scope="row">{}</th><td>{}</td><th scope="row">{}</th><td>{}</td></tr></tbody></table>
<h2>{}</h2><table><thead><tr><th>{}</th><td></td><th>{}</th><th class="num">{}</th><th class="num">{}</th></tr></thead><tbody>{}</tbody></table><p class="lead">{} <strong>{}</strong> {}</p><p>{} {} · {} {} · {} {} / {} km</p><div class="signs"><div>{}</div><div>{}</div><div>{}</div></div></article>)",
        w("按 Ctrl P 打印。", "Press Ctrl P to print."), w("机动车维修费用结算清单", "Settlement list"),
        site.config().name, site.config().station_id, w("车牌", "Plate"), shown_plate(vehicle.value("plate", "—")),
        vehicle.value("vin", "—"), w("工单号", "Order"), record.value("work_order_no", ""), w("结算", "Settled"),
        day_text(record.value("settled_at", ""), w), w("不合格报告号", "Failed report"),
        record.value("fail_report_no", "—"), w("里程，km", "Mileage, km"),
        number_text(record.value("mileage_km", json())), w("维修项目与配件", "Repairs and parts"), w("名称", "Name"),
        w("序列号", "Serial number"), w("数量", "Quantity"), w("单价，元", "Price, CNY"), rows, w("合计", "Total"),
        money(record.value("total_fee", json())), w("元", "CNY"), w("合格证号", "Certificate"),
        record.value("certificate_no", "—"), w("技师", "Technician"), record.value("technician_id", "—"),
        w("质保", "Warranty"),
        fmt::format(fmt::runtime(w("{} 天", "{} days")), number_text(warranty.value("days", json()))),
        number_text(warranty.value("km", json())), w("质量检验员（签字）", "Quality inspector"),
        w("车主（签字）", "Owner"), w("维修站（盖章）", "Repair station"));
}

}  // namespace imloop::m_station
