// 与同行比较: the station's own figures against its peers', as the hub counts them.
#include "station/page/peers_page.hpp"

#include <fmt/format.h>

namespace imloop::station::page {
namespace {

using nlohmann::json;

std::string percent(const json& rate) {
    return rate.is_number() ? fmt::format("{:.1f}%", rate.get<double>() * 100) : "–";
}

std::string between(const json& low, const json& high) {
    return low.is_number() && high.is_number()
               ? fmt::format("{:.1f}–{:.1f}", low.get<double>() * 100, high.get<double>() * 100)
               : "–";
}

Html row(const json& figure, const Language& w) {
    const bool enough = figure.value("enough", false);
    return html("<tr><th>{}</th><td>{}</td><td>{} <small>{}</small></td><td>{}</td><td>{}</td></tr>",
                w(figure.value("zh", ""), figure.value("en", "")), figure.value("of", 0), percent(figure.at("rate")),
                between(figure.at("low"), figure.at("high")),
                enough ? percent(figure.at("peers")) : std::string(w("数量少", "few cases")),
                between(figure.at("peers_low"), figure.at("peers_high")));
}

}  // namespace

Html peers_page(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    Html rows;
    for (const auto& figure : view->peers) rows += row(figure, w);
    if (rows.text.empty())
        return html(R"(<div class="pad"><h1>{}</h1><p>{}</p></div>)", w("与同行比较", "Against peers"),
                    w("监管中心还没有给出本站的数字；有了足够的记录就会出现。",
                      "The hub has no figures of this station; they appear once there are enough records."));
    return html(
        R"(<div class="pad"><h1>{}</h1><p>{}</p><table><caption>{}</caption><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>{}</tbody></table><p class="meta">{}</p></div>)",
        w("与同行比较", "Against peers"),
        w("同行的数字按本站车辆的方法、燃料、排放阶段、车龄换算，可以直接比较。",
          "Peers' figures are for vehicles like this station's (method, fuel, stage, age) and compare directly."),
        w("近一年", "The past year"), w("数字", "Figure"), w("次数", "Cases"), w("本站（95% 区间）", "Own (95 %)"),
        w("同行对同样车辆", "Peers, same vehicles"), w("多数同行", "Most peers"), rows,
        w("只有站点的数字，没有个人的；它们不是指标。", "Figures of stations, never of people; they are no targets."));
}

Html holds_note(Site& site, const Language& w) {
    Html out;
    for (const auto& hold : site.copy().view()->holds) {
        const std::string state = hold.value("state", "");
        const auto until = loop::parse_moment(hold.value("until", ""));
        const std::string report = hold.value("report_no", ""), officer = hold.value("officer_id", "");
        std::string said;
        if (state == "waiting")
            said = fmt::format(
                fmt::runtime(w("报告 {} 的结果等待监管人员复核，{} 前没有决定就自动放行。",
                               "The result of report {} waits for an officer; it is released by itself at {}.")),
                report, until ? short_time(*until) : "");
        else if (state == "refused")
            said = fmt::format(
                fmt::runtime(w("报告 {} 的结果未被认可（{}）。", "The result of report {} was refused ({}).")), report,
                officer);
        else if (state == "referred")
            said = fmt::format(fmt::runtime(w("报告 {} 已移交核查（{}），结果有效。",
                                              "Report {} was referred for a check ({}); its result stands.")),
                               report, officer);
        else
            continue;
        out +=
            html(R"(<div class="pad"><div class="note {}" role="status"><p>{}</p><p class="meta">{}</p></div></div>)",
                 state == "referred" ? "accent" : "warn", said, hold.value("reason", ""));
    }
    return out;
}

}  // namespace imloop::station::page
