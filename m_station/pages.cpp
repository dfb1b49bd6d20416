#include "m_station/pages.hpp"

#include "m_station/import_page.hpp"
#include "station/own_records.hpp"

namespace imloop::m_station {

using namespace station::page;

namespace {

std::vector<Tab> tabs(const Words& w) {
    return {{"/orders", w("待修车辆", "To repair")},   {"/done", w("已完成", "Done")},
            {"/prices", w("价目表", "Prices")},        {"/import", w("批量导入", "Import")},
            {"/status", w("状态", "Status")},          {"/peers", w("与同行比较", "Against peers")},
            {"/settings", w("设置与诊断", "Settings")}};
}

}  // namespace

Answer pages(Site& site, const Request& r) {
    const auto& w = r.words;
    if (r.path == "/") return see_other("/orders");
    if (auto shared = shared_pages(site, r, tabs(w))) return std::move(*shared);
    const auto shown = [&](const char* path, std::string_view title, const Html& body) {
        return page(site.frame(r, tabs(w)), r, path, title, body);
    };
    if (auto imported = import_pages(site, r, tabs(w))) return std::move(*imported);
    const bool post = r.method == "POST";
    if (r.path == "/orders" && !post)
        return shown("/orders", w("待修车辆", "To repair"), orders_page(site, r, r.value("order"), std::nullopt));
    if (r.path == "/scan" && post) return shown("/orders", w("待修车辆", "To repair"), scanned(site, r));
    if (r.path == "/claim" && post) return shown("/orders", w("待修车辆", "To repair"), claimed(site, r));
    if (r.path == "/photos" && post) {
        const auto told = photos_kept(site, r);
        if (!told && station::is_record_id(r.value("order"))) return see_other("/orders?order=" + r.value("order"));
        return shown("/orders", w("待修车辆", "To repair"), orders_page(site, r, r.value("order"), told));
    }
    if (r.path == "/draft" && post) return draft_saved(site, r);
    if (r.path == "/repair" && post) return submitted(site, r, tabs(w));
    if (r.path == "/done") return shown("/done", w("已完成", "Done"), done_page(site, r));
    if (r.path == "/prices") return shown("/prices", w("价目表", "Prices"), prices_page(site, r));
    if (r.path == "/settlement")
        if (const auto sheet = settlement_list(site, r))
            return shown("/done", w("结算清单", "Settlement list"), *sheet);
    Answer none = shown("/orders", w("没有这一页", "No such page"),
                        html(R"(<div class="pad"><h1>{}</h1></div>)", w("没有这一页", "No such page")));
    none.status = 404;
    return none;
}

}  // namespace imloop::m_station
