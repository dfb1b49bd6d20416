#include "station/intake/shop/names.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "journal/json.hpp"
#include "loop/record/text.hpp"
#include "loop/vehicle/text.hpp"
#include "schemas/embedded.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

using nlohmann::json;
using Meaning = ShopName::Meaning;

std::vector<std::string> normal_long_first(const json& list) {
    std::vector<std::string> out;
    for (const std::string word : list) out.push_back(loop::normal_text(word));
    std::ranges::stable_sort(out, std::greater{}, &std::string::size);
    return out;
}

void read_units(const json& table, ShopNames& out) {
    for (const auto& group : table)
        for (const std::string word : group.at("words")) {
            const ShopUnit unit{group.at("of"), group.at("power")};
            out.units.emplace(unit_key(word), unit);
            if (!unit.of.empty() && unit.power == 0) out.plain_units[unit.of].push_back(word);
        }
}

void read_field(const json& row, ShopNames& out) {
    ShopField field{row.at("code"), row.at("zh"), row.at("en"), row.at("aliases")};
    std::size_t rank = 0;
    const auto add = [&](const json& list, bool only_whole) {
        for (const std::string name : list)
            out.names.push_back({loop::normal_text(name), Meaning::field, field.code, rank++, only_whole});
    };
    add(row.at("aliases"), false);
    add(row.value("whole", json::array()), true);
    for (const std::string word : row.value("blanks", json::array()))
        out.blanks[field.code].insert(loop::normal_text(word));
    if (row.contains("unit")) out.unit_of[field.code] = row["unit"];
    if (row.contains("plain")) out.harmless[field.code] = normal_long_first(row["plain"]);
    out.fields.emplace(field.code, std::move(field));
}

ShopNames read_names() {
    const json table = journal::parsed(schemas::table_text("shop_columns"));
    ShopNames out;
    read_units(table.at("units"), out);
    for (const std::string word : table.at("blanks")) out.blanks[""].insert(loop::normal_text(word));
    out.harmless[""] = normal_long_first(table.at("plain"));
    out.qualifiers = normal_long_first(table.at("qualifiers"));
    for (const auto& row : table.at("rows")) read_field(row, out);
    for (const std::string name : table.at("other"))
        out.names.push_back({loop::normal_text(name), Meaning::other, {}, 0, loop::record::characters(name) < 3});
    for (const std::string name : table.at("personal"))
        out.names.push_back({loop::normal_text(name), Meaning::personal, {}, 0, false});
    std::ranges::stable_sort(out.names, std::greater{},
                             [](const ShopName& n) { return loop::record::characters(n.text); });
    return out;
}

}  // namespace

const ShopNames& shop_names() {
    static const ShopNames all = read_names();
    return all;
}

std::string unit_key(const std::string& word) {
    auto normal = loop::normal_text(word);
    return normal.empty() ? half_width(tidy(word)) : normal;
}

}  // namespace imloop::station::intake
