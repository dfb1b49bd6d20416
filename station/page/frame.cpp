#include "station/page/frame.hpp"

namespace imloop::station::page {

Html shape(const char* name, const char* css) {
    return html(R"(<svg class="{}" aria-hidden="true" focusable="false"><use href="/assets/shapes.svg#{}"/></svg>)",
                css, name);
}

Html status_word(const State& s) {
    return html(R"(<span class="word {}">{}<span>{}</span></span>)", class_of(s.tone), shape(s.shape), s.word);
}

Answer page(const Frame& frame, const Request& request, std::string_view path, std::string_view title,
            const Html& body) {
    const auto& w = request.words;
    Html tabs;
    for (const auto& tab : frame.tabs)
        tabs += html(R"(<a href="{}"{}>{}</a>)", tab.path, tab.path == path ? Html{R"( aria-current="page")"} : Html{},
                     tab.name);
    Html strip;
    if (!frame.tabs.empty() && path != "/status")
        strip = html(R"(<section aria-label="{}"><a class="strip {}" href="/status">{}<span>{}</span></a></section>)",
                     w("状态", "State"), class_of(frame.state.tone), status_word(frame.state), frame.state.reason);
    Answer out;
    out.body =
        html(
            R"(<!doctype html>
<html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{} · {}</title><link rel="stylesheet" href="/assets/station.css"><script src="/assets/station.js" defer></script></head>
<body data-token="{}"><a class="skip" href="#main">{}</a>
<header><div class="place"><strong>{}</strong> <span>{}</span></div><nav aria-label="{}">{}</nav>
<div class="aside"><time id="clock"></time><button type="button" id="sound" class="link" data-on="{}" data-off="{}" hidden></button><a href="/lang?to={}&amp;back={}" lang="{}">{}</a></div></header>
{}<main id="main" tabindex="-1"><div id="gone" class="note warn no-print" role="alert" hidden><p>{}<span id="heard"></span>{}</p></div>{}{}</main></body></html>
)",
            w("zh-CN", "en"), title, frame.station_name, frame.token, w("跳到内容", "Skip to content"),
            frame.station_name, frame.station_id, w("页面", "Pages"), tabs, w("提示音：开", "Sound: on"),
            w("提示音：关", "Sound: off"), w("en", "zh"), url_encoded(request.target),
            w("en", "zh-CN"), w("English", "中文"), strip,
            w("本程序没有响应，最后更新 ", "The program does not respond; last update "),
            w("。填写的内容都在这一页上：请不要关，等程序重新启动后再提交。",
              ". What you typed stands on this page: keep it open, and send it when the program runs again."),
            body.text.find("<h1") == std::string::npos ? html(R"(<h1 class="unseen">{}</h1>)", title) : Html{}, body)
            .text;
    return out;
}

}  // namespace imloop::station::page
