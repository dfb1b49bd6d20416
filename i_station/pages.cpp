#include "i_station/pages.hpp"

#include "i_station/choice.hpp"
#include "i_station/files.hpp"

namespace imloop::i_station {

using namespace station::page;

namespace {

std::vector<Tab> tabs(const Words& w) {
    return {{"/status", w("状态", "Status")},
            {"/gate", w("复检查询", "Retest gate")},
            {"/failed", w("未通过车辆", "Failed vehicles")},
            {"/files", w("接入文件", "Files")},
            {"/settings", w("设置与诊断", "Settings")}};
}

}  // namespace

Answer pages(Site& site, const Request& r) {
    const auto& w = r.words;
    if (r.path == "/") return see_other("/status");
    if (auto shared = shared_pages(site, r, tabs(w))) return std::move(*shared);
    if (auto files = files_pages(site, r, tabs(w))) return std::move(*files);
    const auto shown = [&](const char* path, std::string_view title, const Html& body) {
        return page(site.frame(r, tabs(w)), r, path, title, body);
    };
    if (r.path == "/gate") return shown("/gate", w("复检查询", "Retest gate"), gate(site, r));
    if (r.path == "/override" && r.method == "POST")
        return shown("/gate", w("复检查询", "Retest gate"), override_gate(site, r));
    if (r.path == "/failed") return shown("/failed", w("未通过车辆", "Failed vehicles"), failed_vehicles(site, r));
    if (r.path == "/choose" && r.method == "POST") return chosen(site, r);
    if (r.path == "/notice")
        if (const auto sheet = notice(site, r))
            return shown("/failed", w("机动车维护修理告知书", "Notice to repair"), *sheet);
    Answer none = shown("/status", w("没有这一页", "No such page"),
                        html(R"(<div class="pad"><h1>{}</h1></div>)", w("没有这一页", "No such page")));
    none.status = 404;
    return none;
}

}  // namespace imloop::i_station
