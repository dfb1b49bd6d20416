// The station's failed vehicles that are still open, with the notices to print again.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "i_station/pages.hpp"
#include "journal/json.hpp"
#include "station/ids.hpp"
#include "station/page/words.hpp"

namespace imloop::i_station {

using namespace station::page;
using nlohmann::json;

namespace {

constexpr std::size_t lines_looked_at = 200;

}  // namespace

std::size_t failed_today(Site& site) {
    const auto today = loop::day_of(station::unix_now());
    const auto lines = site.outbox().recent("", std::numeric_limits<std::int64_t>::max(), lines_looked_at);
    return static_cast<std::size_t>(std::ranges::count_if(lines, [&](const station::Queued& q) {
        if (q.status == "rejected" || q.line.find("\"fail\"") == std::string::npos) return false;
        const auto record = journal::parsed_or_discarded(q.line);
        if (!record.is_object() || record.value("verdict", "") != "fail") return false;
        const auto at = loop::parse_moment(record.value("occurred_at", ""));
        return at && loop::day_of(*at) == today;
    }));
}

Html failed_vehicles(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    const auto today = loop::day_of(station::unix_now());
    Html rows;
    for (const auto& [episode, order] : view->orders.items()) {
        if (order.value("state", "") != "open") continue;
        const auto due = due_text(order.value("due", ""), today, w);
        const auto vehicle = order.value("vehicle", json::object());
        rows += html(
            R"(<tr><td><strong>{}</strong><small class="mono">{}</small></td><td>{}</td><td>{}</td><td class="{}">{}</td><td><a href="/notice?record={}&amp;again=1">{}</a></td></tr>)",
            shown_plate(vehicle.value("plate", "")), vehicle.value("vin", ""),
            day_text(order.value("failed_at", ""), w),
            order.value("repaired", false) ? w("已维修，等复检", "repaired, retest due")
                                           : w("还没有维修", "not repaired yet"),
            due.css, due.text, order.value("fail_record_id", ""), w("补打告知书", "Print again"));
    }
    const std::string as_of = view->as_of == 0
                                  ? std::string(w("还没有连上过监管中心。", "The hub has not been reached yet."))
                                  : fmt::format(fmt::runtime(w("数据截至 {}。", "As of {}.")), short_time(view->as_of));
    if (rows.text.empty())
        return html(R"(<div class="pad" data-live><h1>{}</h1><p>{}</p><p class="meta">{}</p></div>)",
                    w("未通过车辆", "Failed vehicles"), w("没有未了结的不合格车辆。", "No failed vehicle is open."),
                    as_of);
    return html(
        R"(<div class="pad" data-live><h1>{}</h1><p class="meta">{}</p><table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th><td></td></tr></thead><tbody>{}</tbody></table></div>)",
        w("未通过车辆", "Failed vehicles"), as_of, w("车辆", "Vehicle"), w("不合格", "Failed"), w("维修", "Repair"),
        w("期限", "Deadline"), rows);
}

}  // namespace imloop::i_station
