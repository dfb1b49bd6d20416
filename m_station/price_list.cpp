#include "m_station/price_list.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loop/json.hpp"
#include "loop/tables.hpp"
#include "loop/written/amount.hpp"
#include "loop/written/text.hpp"

namespace imloop::m_station {

using nlohmann::json;

namespace {

/// Where a list has a row of the tables: repairs by code, parts by name.
struct PricedRows {
    const char* rows;   ///< items, parts
    const char* key;    ///< code, name
    const char* price;  ///< labour_fee, unit_price
};
constexpr PricedRows items{"items", "code", "labour_fee"}, parts{"parts", "name", "unit_price"};

template <typename Visit>
void each_row(const Visit& visit) {
    for (const auto& row : loop::rows_of("repair_items")) visit(row, items);
    for (const auto& row : loop::rows_of("parts")) visit(row, parts);
}

std::string key_of(const json& row, const PricedRows& place) {
    return row.at(std::string_view(place.key) == "code" ? "code" : "zh").get<std::string>();
}

std::string text_at(const json& list, const PricedRows& place, const std::string& key) {
    for (const auto& row : list.value(place.rows, json::array()))
        if (row.is_object() && row.value(place.key, "") == key)
            if (const auto price = row.value(place.price, json()); price.is_number())
                return fmt::format("{:.2f}", price.get<double>());
    return {};
}

void put(json& list, const PricedRows& place, const json& row, std::int64_t cents) {
    const auto yuan = static_cast<double>(cents) / 100;
    auto& rows = list[place.rows];
    for (auto& there : rows)
        if (there.is_object() && there.value(place.key, "") == key_of(row, place)) {
            there[place.price] = yuan;
            return;
        }
    json fresh{{"name", row.at("zh")}, {place.price, yuan}};
    if (std::string_view(place.key) == "code") fresh["code"] = row.at("code");
    rows.push_back(std::move(fresh));
}

void take_away(json& list, const PricedRows& place, const std::string& key) {
    std::erase_if(list[place.rows].get_ref<json::array_t&>(),
                  [&](const json& row) { return row.is_object() && row.value(place.key, "") == key; });
}

}  // namespace

std::string price_text(const json& list, const std::string& code) {
    std::string out;
    each_row([&](const json& row, const PricedRows& place) {
        if (row.at("code") == code) out = text_at(list, place, key_of(row, place));
    });
    return out;
}

json shown_prices(const json& list) {
    json out = json::object();
    each_row([&](const json& row, const PricedRows& place) {
        if (auto text = text_at(list, place, key_of(row, place)); !text.empty())
            out[row.at("code").get<std::string>()] = std::move(text);
    });
    return out;
}

Prices with_typed_prices(const json& in_force, const Fields& fields, const station::page::Language& w) {
    Prices out;
    out.list = {{"items", in_force.value("items", json::array())}, {"parts", in_force.value("parts", json::array())}};
    const auto before = out.list;
    const auto given = fields.find("was");
    const auto parsed = given == fields.end() ? json() : loop::json_of(given->second);
    const json was = parsed.is_object() ? parsed : json::object();
    each_row([&](const json& row, const PricedRows& place) {
        const auto code = row.at("code").get<std::string>();
        const auto typed = fields.find(code);
        if (typed == fields.end()) return;
        const auto text = loop::trimmed(typed->second);
        if (const auto shown = was.find(code); shown != was.end() ? *shown == text : text.empty()) return;
        if (text.empty())
            take_away(out.list, place, key_of(row, place));
        else if (const auto cents = loop::cents_of(text))
            put(out.list, place, row, *cents);
        else
            out.problems.push_back(
                {code, fmt::format(fmt::runtime(w("应是金额，如 1,280.50；填的是“{}”。",
                                                  "This should be an amount, as 1,280.50; it says “{}”.")),
                                   text)});
    });
    out.is_changed = out.list != before;
    return out;
}

}  // namespace imloop::m_station
