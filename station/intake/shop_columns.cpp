#include "station/intake/shop_columns.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>

#include "loop/record/text.hpp"
#include "loop/vehicle/text.hpp"
#include "schemas/embedded.hpp"
#include "station/intake/shop_values.hpp"

namespace imloop::station::intake {
namespace {

using nlohmann::json;

enum class Meaning { field, other, personal };

struct Name {
    std::string text;  ///< normal form
    Meaning meaning = Meaning::other;
    std::string field;
    std::size_t rank = 0;     ///< 0: most formal
    bool only_whole = false;  ///< says too little to be looked for inside a header
};

struct Names {
    std::map<std::string, ShopField, std::less<>> fields;
    std::vector<Name> names;                                           ///< long before short, fields before others
    std::map<std::string, std::set<std::string>, std::less<>> blanks;  ///< by field; "": of all
    std::vector<std::string> units;
};

Names read_names() {
    const json table = json::parse(schemas::table_text("shop_columns"));
    Names out;
    out.units = table.at("units");
    for (const std::string word : table.at("blanks")) out.blanks[""].insert(loop::normal_text(word));
    for (const auto& row : table.at("rows")) {
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
        out.fields.emplace(field.code, std::move(field));
    }
    for (const std::string name : table.at("other"))
        out.names.push_back({loop::normal_text(name), Meaning::other, {}, 0, loop::record::characters(name) < 3});
    for (const std::string name : table.at("personal"))
        out.names.push_back({loop::normal_text(name), Meaning::personal, {}, 0, false});
    std::ranges::stable_sort(out.names, std::greater{}, [](const Name& n) { return loop::record::characters(n.text); });
    return out;
}

const Names& names() {
    static const Names all = read_names();
    return all;
}

/// Without what stands in brackets at the end, if that is a unit.
std::string without_unit(std::string header) {
    static const std::vector<std::pair<std::string, std::string>> brackets = {
        {"(", ")"}, {"（", "）"}, {"[", "]"}, {"【", "】"}, {"/", ""}};
    for (const auto& [open, close] : brackets) {
        const auto at = header.rfind(open);
        if (at == std::string::npos || at == 0 || !header.ends_with(close)) continue;
        const auto inside = header.substr(at + open.size(), header.size() - close.size() - at - open.size());
        const auto& units = shop_units();
        const auto same = [&](const std::string& unit) { return loop::normal_text(unit) == loop::normal_text(inside); };
        if (inside == "必填" || inside == "选填" || (!inside.empty() && std::ranges::any_of(units, same)))
            return header.substr(0, at);
    }
    return header;
}

struct Match {
    const Name* name = nullptr;
    bool whole = false;
};

Match match(const std::string& header) {
    const auto bare = loop::normal_text(without_unit(tidy(header)));
    if (bare.empty()) return {};
    for (const auto& name : names().names)
        if (name.text == bare) return {&name, true};
    for (const auto& name : names().names)
        if (!name.only_whole && find_word(bare, name.text) != std::string::npos) return {&name, false};
    return {};
}

}  // namespace

const ShopColumn* ShopColumns::of(std::string_view field) const {
    const auto found = std::ranges::find(used, field, &ShopColumn::field);
    return found == used.end() ? nullptr : &*found;
}

ShopColumns match_columns(const std::vector<std::string>& header) {
    struct Candidate {
        std::size_t index;
        Match match;
        auto order() const { return std::tuple(!match.whole, match.name->rank, index); }
    };
    std::map<std::string, Candidate> best;
    std::vector<Match> all;
    for (std::size_t i = 0; i < header.size(); ++i) {
        all.push_back(match(header[i]));
        if (all[i].name == nullptr || all[i].name->meaning != Meaning::field) continue;
        const Candidate found{i, all[i]};
        const auto [at, is_new] = best.emplace(all[i].name->field, found);
        if (!is_new && found.order() < at->second.order()) at->second = found;
    }
    ShopColumns out;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto* name = all[i].name;
        if (name != nullptr && name->meaning == Meaning::field && best.at(name->field).index == i)
            out.used.push_back({name->field, i, tidy(header[i])});
        else if (name != nullptr && name->meaning == Meaning::personal)
            out.personal.push_back(tidy(header[i]));
        else if (!tidy(header[i]).empty())
            out.unused.push_back(tidy(header[i]));
    }
    return out;
}

const ShopField& shop_field(std::string_view code) {
    const auto found = names().fields.find(code);
    if (found == names().fields.end()) throw std::runtime_error("no such field: " + std::string(code));
    return found->second;
}

bool shop_blank(std::string_view text, std::string_view field) {
    auto rest = std::string(text);
    for (const auto* mark : {"—", "–", "－", "―", "-", "/", "_", ".", " "})
        for (auto at = rest.find(mark); at != std::string::npos; at = rest.find(mark))
            rest.erase(at, std::string_view(mark).size());
    if (rest.empty()) return true;
    const auto normal = loop::normal_text(text);
    if (normal.empty()) return false;
    const auto& blanks = names().blanks;
    const auto own = blanks.find(field);
    return blanks.at("").contains(normal) || (own != blanks.end() && own->second.contains(normal));
}

const std::vector<std::string>& shop_units() { return names().units; }

}  // namespace imloop::station::intake
