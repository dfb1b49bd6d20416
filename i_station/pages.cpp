#include "i_station/pages.hpp"

#include "i_station/choice.hpp"
#include "i_station/files.hpp"
#include "i_station/gate.hpp"

namespace imloop::i_station {

using namespace station::page;

namespace {

std::vector<Tab> tabs(const Language& w) {
    return {{"/status", w("状态", "Status")},
            {"/gate", w("复检查询", "Retest gate")},
            {"/failed", w("未通过车辆", "Failed vehicles")},
            {"/records", w("记录", "Records")},
            {"/files", w("接入文件", "Files")},
            {"/peers", w("与同行比较", "Against peers")},
            {"/settings", w("设置与诊断", "Settings")}};
}

}  // namespace

Routes pages(Site& site) {
    site.tabs = tabs;
    site.news = failed_today;
    Routes out = shared_routes(site);
    out.add(files_routes(site));
    out.shows["/"] = [](const Request&) { return see_other("/status"); };
    out.shows["/gate"] = [&site](const Request& r) {
        return site.shown(r, "/gate", r.words("复检查询", "Retest gate"), gate(site, r));
    };
    out.shows["/failed"] = [&site](const Request& r) {
        return site.shown(r, "/failed", r.words("未通过车辆", "Failed vehicles"), failed_vehicles(site, r));
    };
    out.shows["/notice"] = [&site](const Request& r) {
        const auto sheet = notice(site, r);
        return sheet ? site.shown(r, "/failed", r.words("机动车维护修理告知书", "Notice to repair"), *sheet)
                     : site.no_page(r);
    };
    out.acts["/gate"] = [&site](const Request& r) { return asked(site, r); };
    out.acts["/override"] = [&site](const Request& r) { return override_asked(site, r); };
    out.acts["/choose"] = [&site](const Request& r) { return chosen(site, r); };
    return out;
}

}  // namespace imloop::i_station
