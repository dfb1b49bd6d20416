#include "hub/evidence/evidence.hpp"

#include "hub/evidence/proof.hpp"

namespace imloop::hub {
namespace {

using markup::Html;
using markup::html;
using nlohmann::json;

constexpr std::string_view style_sheet = R"css(
@page { size: A4; margin: 14mm }
body { font: 14px/22px "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif; color: #17212B;
  max-width: 720px; margin: 24px auto; font-variant-numeric: tabular-nums }
h1 { font-size: 20px } h2 { font-size: 16px; margin-top: 24px } .lead { font-size: 18px; line-height: 28px }
[lang=en] { color: #44515E } table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #D8DEE4; padding: 4px 8px; text-align: left; vertical-align: top }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 12px/18px "Cascadia Mono",Consolas,"DejaVu Sans Mono",monospace;
  background: #F3F5F7; padding: 8px } svg { width: 100% } svg text { font-size: 11px; fill: #44515E }
tr, svg, h2 { page-break-inside: avoid } @media print { body { font-size: 10.5pt; color: #000; margin: 0 } }
)css";

Html both(const json& words) {
    return html("{}<br><span lang=\"en\">{}</span>", words.at("zh").get<std::string>(),
                words.at("en").get<std::string>());
}

Html section(std::string_view zh, std::string_view en, const Html& inside) {
    return html("<h2>{} <span lang=\"en\">{}</span></h2>{}", zh, en, inside);
}

Html values(const json& flag) {
    Html rows;
    for (const auto& v : flag.at("values"))
        rows += html("<tr><th>{}</th><td>{} {}</td></tr>", both(v.at("words")), v.at("value").get<std::string>(),
                     v.at("unit").get<std::string>());
    return html("<table>{}</table>", rows);
}

Html exhibit(const Exhibit& e) {
    const auto& r = e.record;
    Html out = html("<p><b>{}</b> {} {} {} {}</p>", r.at("record_id").get<std::string>(), r.value("occurred_at", ""),
                    r.value("station_id", ""), r.value("number", ""), r.value("plate", ""));
    if (e.proof.is_null()) return out;
    out += html("<pre>{}</pre><p>{} #{} · {} · <span lang=\"en\">{}</span></p>", e.proof.at("line").get<std::string>(),
                e.proof.at("source").get<std::string>(), e.proof.at("seq").get<std::uint64_t>(),
                proof_holds(e.proof) ? "链、封签、回执已核验" : "链、封签或回执不符",
                proof_holds(e.proof) ? "chain, seal and receipt verified" : "chain, seal or receipt does not hold");
    return out;
}

Html decisions(const json& flag) {
    if (flag.at("decisions").empty()) return html("<p>{} <span lang=\"en\">{}</span></p>", "还没有决定。", "None yet.");
    Html rows;
    for (const auto& d : flag.at("decisions"))
        rows += html("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", d.value("occurred_at", ""),
                     d.value("action", ""), d.value("officer_id", ""), d.value("reason", ""));
    return html("<table>{}</table>", rows);
}

/// JSON inside a page: `</` must not end the element.
Html embedded(const json& value) {
    std::string text = value.dump();
    for (auto at = text.find("</"); at != std::string::npos; at = text.find("</", at + 3)) text.replace(at, 2, "<\\/");
    return {text};
}

}  // namespace

std::string evidence_page(const Case& c) {
    const auto& f = c.flag;
    Html plots, exhibits;
    for (const auto& plot : c.plots) plots += plot;
    json proofs = json::array();
    for (const auto& e : c.exhibits) {
        exhibits += exhibit(e);
        if (!e.proof.is_null()) proofs.push_back(e.proof);
    }
    Html body =
        html("<h1>需要看一看 · {} <span lang=\"en\">{}</span></h1><p class=\"lead\">{}</p>",
             f.at("title").at("zh").get<std::string>(), f.at("title").at("en").get<std::string>(), both(f.at("claim")));
    body += html("<p>{} · {} {} · {} {} · {}</p>", f.at("flag_id").get<std::string>(), "可能性 score",
                 fmt::format("{:.1f}%", f.at("score").get<double>() * 100), "站点 station",
                 f.at("station_id").get<std::string>(), f.at("grade").get<std::string>());
    if (!c.plots.empty()) body += section("图", "Plots", plots);
    body += section("数字", "The numbers", values(f));
    body += section("怎样算出来的", "How it was computed", html("<p>{}</p>", both(f.at("formula"))));
    body += section("什么能排除它", "What would clear it", html("<p>{}</p>", both(f.at("clears"))));
    body += section("可能的误报", "False alarms to expect", html("<p>{}</p>", both(f.at("false_alarms"))));
    body += section("记录与证明", "Records and proof", exhibits);
    body += section("决定", "Decisions", decisions(f));
    body += html("<p>{} {} · {}<br><span lang=\"en\">{}</span></p>", c.made_by, c.made_at,
                 "这是需要核实的线索，不是结论。自行核验：把本文件交给 "
                 "tests/tools/verify_evidence.py，它重算每一条链并检查两个签名。",
                 "A lead to be checked, no verdict. To verify it yourself give this file to "
                 "tests/tools/verify_evidence.py, which "
                 "recomputes every chain and checks both signatures.");
    return html(
               "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>{}</title><style>{}</style>{}"
               "<script type=\"application/json\" id=\"proof\">{}</script></html>\n",
               "证据 · evidence", Html{std::string(style_sheet)}, body,
               embedded({{"evidence", "imloop/evidence/1"}, {"proofs", proofs}}))
        .text;
}

}  // namespace imloop::hub
