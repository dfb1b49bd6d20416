#include "m_station/order_list.hpp"

#include <algorithm>
#include <tuple>

#include "loop/tables.hpp"
#include "station/page/site.hpp"
#include "station/page/words.hpp"

namespace imloop::m_station {

using namespace station::page;
using nlohmann::json;

namespace {

constexpr std::string_view lists[] = {"here", "chosen", "county"};

}  // namespace

bool is_to_repair(const json& order) { return order.value("state", "") == "open" && !order.value("repaired", false); }

std::vector<const json*> orders_of(const station::HubView& view, std::string_view list) {
    std::vector<const json*> out;
    for (const auto& order : view.orders)
        if (const auto own = order.value("list", "");
            list.empty() ? std::ranges::find(lists, own) != std::end(lists) : own == list)
            out.push_back(&order);
    std::ranges::sort(out, {}, [](const json* o) {
        return std::tuple(std::ranges::find(lists, o->value("list", "")) - std::begin(lists), !is_to_repair(*o),
                          o->value("due", ""), o->value("episode", ""));
    });
    return out;
}

std::size_t chosen_to_repair(const station::HubView& view) {
    return static_cast<std::size_t>(
        std::ranges::count_if(orders_of(view, "chosen"), [](const json* o) { return is_to_repair(*o); }));
}

const json* order_named(const station::HubView& view, const std::string& id) {
    if (const auto it = view.orders.find(id); it != view.orders.end()) return &*it;
    for (const auto& order : view.orders)
        if (order.value("fail_record_id", "") == id) return &order;
    return nullptr;
}

std::string_view list_name(std::string_view list, const Language& w) {
    return list == "here"     ? w("已到店", "Here")
           : list == "chosen" ? w("选了本店", "Chose this shop")
                              : w("本县待修", "In this county");
}

std::string failed_words(const json& order, const Language& w) {
    std::string out;
    for (const auto& item : order.value("failed_items", json::array())) {
        const auto text = item.get<std::string>();
        const auto slash = text.find('/');
        if (!out.empty()) out += w("、", ", ");
        out += item_name(text.substr(0, slash), slash == std::string::npos ? "" : text.substr(slash + 1), w);
    }
    return out;
}

std::string vehicle_words(const json& vehicle, const Language& w) {
    std::string out = vehicle.value("model", "");
    for (const auto& row : loop::rows_of("fuels"))
        if (row.at("code") == vehicle.value("fuel", ""))
            out += (out.empty() ? "" : " · ") + row.at(w.lang == Lang::zh ? "zh" : "en").get<std::string>();
    if (const auto stage = vehicle.value("emission_stage", ""); !stage.empty())
        out += (out.empty() ? "" : " · ") + stage;
    return out;
}

std::string plate_words(const json& order) {
    const auto vehicle = order.value("vehicle", json::object());
    return shown_plate(vehicle.value("plate", vehicle.value("vin", "")));
}

State standing(const json& order, const Language& w) {
    if (order.value("state", "") == "closed") {
        if (order.value("outcome", "") == "closed_repaired")
            return {std::string(w("复检合格", "Passed the retest")), "good", Tone::good, "", ""};
        const auto word = loop::term(order.value("outcome", ""));
        return {w.lang == Lang::zh ? word.zh : word.en, "none", Tone::none, "", ""};
    }
    if (order.value("repaired", false))
        return {std::string(w("可以复检", "Retest allowed")), "good", Tone::good, "", ""};
    if (order.value("failures", 1) > 1)
        return {std::string(w("复检不合格", "Failed the retest")), "bad", Tone::bad, "", ""};
    return {std::string(w("待修", "To repair")), "waiting", Tone::none, "", ""};
}

}  // namespace imloop::m_station
