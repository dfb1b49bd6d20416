#include "station/intake/shop/words.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <vector>

#include "journal/json.hpp"
#include "loop/vehicle/text.hpp"
#include "schemas/embedded.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

using loop::normal_text;
using nlohmann::json;
using CodeByWord = std::map<std::string, std::string, std::less<>>;
using WordSet = std::set<std::string, std::less<>>;

struct ItemRule {
    std::string code;
    std::vector<std::string> any;
    std::vector<std::string> with;  ///< one of these too; empty: nothing more
};

struct All {
    std::map<std::string, RepairItem> items;  ///< by code
    CodeByWord item_names;                    ///< whole names and codes
    std::vector<ItemRule> rules;
    std::string other_item;
    CodeByWord part_origin, plate_kind, plate_color, fuel;
    WordSet origin_defaults, yes, no, finished, unfinished, voided;
    std::vector<std::string> sum, footer;  ///< half width, long before short
};

std::vector<std::string> normal_words(const json& list) {
    std::vector<std::string> out;
    for (const std::string word : list) out.push_back(normal_text(word));
    return out;
}

/// Words are kept raw too: a tick has no normal form.
WordSet words_in(const json& list) {
    WordSet out;
    for (const std::string word : list) {
        out.insert(word);
        if (const auto normal = normal_text(word); !normal.empty()) out.insert(normal);
    }
    return out;
}

std::vector<std::string> long_first(const json& list) {
    std::vector<std::string> out = list;
    std::ranges::stable_sort(out, std::greater{}, &std::string::size);
    return out;
}

void add_codes(CodeByWord& out, const json& rows) {
    for (const auto& row : rows)
        for (const auto* name : {"code", "zh"})
            out.emplace(normal_text(row.at(name).get<std::string>()), row.at("code"));
}

void add_words(CodeByWord& out, const json& rows) {
    for (const auto& row : rows)
        for (const auto& word : normal_words(row.at("words"))) out.emplace(word, row.at("code"));
}

All read_all() {
    const auto table = [](const char* name) { return journal::parsed(schemas::table_text(name)); };
    const json words = table("shop_words"), lists = table("codes").at("lists"),
               items = table("repair_items").at("rows");
    All out;
    for (const auto& row : items) out.items[row.at("code")] = {row.at("code"), row.at("system")};
    add_codes(out.item_names, items);
    for (const auto& row : words.at("items"))
        out.rules.push_back(
            {row.at("code"), normal_words(row.at("any")), normal_words(row.value("and", json::array()))});
    out.other_item = words.at("other_item");
    add_codes(out.part_origin, lists.at("part_origin"));
    add_words(out.part_origin, words.at("part_origin"));
    add_codes(out.plate_kind, table("plate_kinds").at("rows"));
    add_codes(out.plate_color, lists.at("plate_color"));
    add_words(out.plate_color, words.at("plate_color"));
    add_codes(out.fuel, table("fuels").at("rows"));
    add_words(out.fuel, words.at("fuel"));
    out.origin_defaults = words_in(words.at("part_origin_defaults"));
    out.yes = words_in(words.at("yes"));
    out.no = words_in(words.at("no"));
    out.finished = words_in(words.at("finished"));
    out.unfinished = words_in(words.at("unfinished"));
    out.voided = words_in(words.at("voided"));
    out.sum = long_first(words.at("summary"));
    out.footer = long_first(words.at("footer"));
    return out;
}

const All& all() {
    static const All words = read_all();
    return words;
}

std::optional<std::string> code_of(const CodeByWord& codes, std::string_view word) {
    const auto found = codes.find(normal_text(word));
    return found == codes.end() ? std::nullopt : std::optional(found->second);
}

bool among(const WordSet& words, std::string_view word) {
    return words.contains(std::string(word)) || words.contains(normal_text(word));
}

constexpr std::size_t label_bytes = 128;
const std::string counted_things = R"(\d{1,9}(单|笔|条|台次|台|张|行|项|辆|份|个|页|次))";

/// Half width, without the spaces that stretch a word (合    计).
std::string label_form(std::string_view cell) {
    auto text = half_width(tidy(cell.substr(0, std::min(cell.size(), 4 * label_bytes))));
    std::erase(text, ' ');
    return text;
}

/// One of the words at the beginning, alone or with a mark, a number or brackets behind it.
bool is_label(const std::string& text, const std::vector<std::string>& words) {
    return std::ranges::any_of(words, [&](const std::string& word) {
        if (!text.starts_with(word)) return false;
        const auto rest = std::string_view(text).substr(word.size());
        return rest.empty() ||
               std::string_view(":([{,;-_/|=.0123456789").find(rest.front()) != std::string_view::npos ||
               rest.starts_with("【") || rest.starts_with("—") || rest.starts_with("\xC2\xA5");
    });
}

}  // namespace

RepairItem repair_item(std::string_view name) {
    const auto text = normal_text(name);
    if (const auto whole = code_of(all().item_names, name)) return all().items.at(*whole);
    const ItemRule* best = nullptr;
    std::size_t best_at = std::string::npos, best_size = 0;
    for (const auto& rule : all().rules) {
        const auto stands = [&](const std::string& word) { return find_word(text, word) != std::string::npos; };
        if (!rule.with.empty() && std::ranges::none_of(rule.with, stands)) continue;
        for (const auto& word : rule.any) {
            const auto at = find_word(text, word);
            if (at > best_at || (at == best_at && word.size() <= best_size)) continue;
            if (at == std::string::npos) continue;
            best = &rule;
            best_at = at;
            best_size = word.size();
        }
    }
    return all().items.at(best == nullptr ? all().other_item : best->code);
}

std::optional<std::string> part_origin(std::string_view word) {
    if (among(all().origin_defaults, word)) return std::nullopt;
    const auto code = code_of(all().part_origin, word);
    return code ? code : std::optional(shortened(word, 40));
}

std::optional<std::string> plate_kind(std::string_view word) { return code_of(all().plate_kind, word); }
std::optional<std::string> plate_color(std::string_view word) { return code_of(all().plate_color, word); }
std::optional<std::string> fuel(std::string_view word) { return code_of(all().fuel, word); }

bool says_yes(std::string_view word) { return among(all().yes, word); }

OrderState order_state(std::string_view word) {
    if (among(all().finished, word)) return OrderState::finished;
    if (among(all().unfinished, word)) return OrderState::unfinished;
    return among(all().voided, word) ? OrderState::withdrawn : OrderState::unknown;
}

OrderState settled_state(std::string_view word) {
    if (says_yes(word)) return OrderState::finished;
    return among(all().no, word) ? OrderState::unfinished : order_state(word);
}

OrderState void_state(std::string_view word) {
    if (says_yes(word)) return OrderState::withdrawn;
    return among(all().no, word) ? OrderState::finished : order_state(word);
}

bool says_sum(std::string_view cell) {
    static const std::regex counted("(总|合|共|计)(计|共)?:?" + counted_things);
    const auto text = label_form(cell);
    return is_label(text, all().sum) || (text.size() <= label_bytes && std::regex_match(text, counted));
}

bool says_footer(std::string_view cell) {
    static const std::regex counted(counted_things), page(R"(第?\d{1,6}(页|/).*)");
    const auto text = label_form(cell);
    return is_label(text, all().footer) ||
           (text.size() <= label_bytes && (std::regex_match(text, counted) || std::regex_match(text, page)));
}

}  // namespace imloop::station::intake
