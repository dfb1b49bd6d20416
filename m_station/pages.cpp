#include "m_station/pages.hpp"

#include "m_station/import_page.hpp"
#include "m_station/order_list.hpp"
#include "m_station/prices.hpp"

namespace imloop::m_station {

using namespace station::page;

namespace {

std::vector<Tab> tabs(const Language& w) {
    return {{"/orders", w("待修车辆", "To repair")},      {"/done", w("已完成", "Done")},
            {"/records", w("记录", "Records")},           {"/prices", w("价目表", "Prices")},
            {"/import", w("批量导入", "Import")},         {"/status", w("状态", "Status")},
            {"/peers", w("与同行比较", "Against peers")}, {"/settings", w("设置与诊断", "Settings")}};
}

}  // namespace

Routes pages(Site& site) {
    site.tabs = tabs;
    site.news = [](Site& here) { return chosen_to_repair(*here.copy().view()); };
    Routes out = shared_routes(site);
    out.add(import_routes(site));
    out.shows["/"] = [](const Request&) { return see_other("/orders"); };
    out.shows["/orders"] = [&site](const Request& r) {
        return site.shown(r, "/orders", r.words("待修车辆", "To repair"), orders_page(site, r));
    };
    out.shows["/done"] = [&site](const Request& r) {
        return site.shown(r, "/done", r.words("已完成", "Done"), done_page(site, r));
    };
    out.shows["/prices"] = [&site](const Request& r) {
        return site.shown(r, "/prices", r.words("价目表", "Prices"), prices_page(site, r));
    };
    out.shows["/settlement"] = [&site](const Request& r) {
        const auto sheet = settlement_list(site, r);
        return sheet ? site.shown(r, "/done", r.words("结算清单", "Settlement list"), *sheet) : site.no_page(r);
    };
    out.acts["/scan"] = [&site](const Request& r) { return scanned(site, r); };
    out.acts["/claim"] = [&site](const Request& r) { return claimed(site, r); };
    out.acts["/photos"] = [&site](const Request& r) { return photos_kept(site, r); };
    out.acts["/repair"] = [&site](const Request& r) { return submitted(site, r); };
    out.acts["/prices"] = [&site](const Request& r) { return prices_asked(site, r); };
    out.acts["/draft/drop"] = [&site](const Request& r) { return draft_dropped(site, r); };
    out.calls["/draft"] = [&site](const Request& r) { return draft_saved(site, r); };
    return out;
}

}  // namespace imloop::m_station
