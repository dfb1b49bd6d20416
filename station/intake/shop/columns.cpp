#include "station/intake/shop/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>

#include "loop/vehicle/text.hpp"
#include "station/intake/shop/names.hpp"
#include "station/intake/shop/values.hpp"

namespace imloop::station::intake {
namespace {

using Meaning = ShopName::Meaning;

/// Fields of which each column that has one is read, also by a part of its name: a file may say in several what became
/// of an order, and one that is not read makes a repair of what is none.
bool is_status(std::string_view field) { return field == "status" || field == "is_settled" || field == "is_void"; }

struct Heading {
    std::string bare;  ///< normal form, without its unit
    std::optional<ShopUnit> unit;
};

const ShopUnit* unit_named(const std::string& word) {
    const auto found = shop_names().units.find(unit_key(word));
    return word.empty() || found == shop_names().units.end() ? nullptr : &found->second;
}

bool is_whole_name(const std::string& bare) {
    return std::ranges::find(shop_names().names, bare, &ShopName::text) != shop_names().names.end();
}

/// A unit in brackets or behind a mark, or without either behind a whole name (总费用万元).
Heading heading_of(const std::string& raw) {
    const auto header = half_width(tidy(raw));
    const auto whole = loop::normal_text(header);
    static const std::vector<std::pair<std::string, std::string>> marks = {
        {"(", ")"}, {"[", "]"}, {"【", "】"}, {"<", ">"}, {"/", ""},
        {":", ""},  {"_", ""},  {"-", ""},    {" ", ""},  {"\n", ""}};
    for (const auto& [open, close] : marks) {
        const auto at = header.rfind(open);
        if (at == std::string::npos || at == 0 || !header.ends_with(close)) continue;
        const auto inside = header.substr(at + open.size(), header.size() - close.size() - at - open.size());
        for (const std::string_view label : {"单位:", "单位"})
            if (inside.starts_with(label) && unit_named(inside.substr(label.size())) != nullptr)
                return {loop::normal_text(header.substr(0, at)), *unit_named(inside.substr(label.size()))};
        if (const auto* unit = unit_named(inside)) return {loop::normal_text(header.substr(0, at)), *unit};
    }
    // A sign ($) has no normal form.
    for (const auto& [sign, unit] : shop_names().units)
        if (loop::normal_text(sign).empty() && (header.ends_with(sign) || header.starts_with(sign)))
            return {whole, unit};
    if (is_whole_name(whole)) return {whole, std::nullopt};
    for (const auto& [word, unit] : shop_names().units)
        if (whole.ends_with(word) && is_whole_name(whole.substr(0, whole.size() - word.size())))
            return {whole.substr(0, whole.size() - word.size()), unit};
    return {whole, std::nullopt};
}

/// What is left of a header without the names of that field and words that change nothing.
std::string remainder(std::string bare, const std::string& field) {
    const auto& all = shop_names();
    const auto take = [&](const std::string& word) {
        const auto at = find_word(bare, word);
        if (at != std::string::npos) bare.erase(at, word.size());
        return at != std::string::npos;
    };
    const auto own = all.harmless.find(field);
    for (bool more = true; more && !bare.empty();) {
        more = std::ranges::any_of(all.names, [&](const ShopName& n) { return n.field == field && take(n.text); });
        if (!more && own != all.harmless.end()) more = std::ranges::any_of(own->second, take);
        if (!more) more = std::ranges::any_of(all.harmless.at(""), take);
    }
    return bare;
}

struct Match {
    enum class How { none, whole, certain, likely, other };
    How how = How::none;
    const ShopName* name = nullptr;
    int power = 0;
    bool other_unit = false;
};

Match match_name(const std::string& bare) {
    using How = Match::How;
    if (bare.empty()) return {};
    const ShopName* first = nullptr;
    for (const auto& name : shop_names().names)
        if (name.text == bare) return {name.meaning == Meaning::field ? How::whole : How::other, &name};
    for (const auto& name : shop_names().names) {
        if (name.only_whole || find_word(bare, name.text) == std::string::npos) continue;
        if (name.meaning == Meaning::field && remainder(bare, name.field).empty()) return {How::certain, &name};
        if (first == nullptr) first = &name;
    }
    if (first == nullptr) return {};
    if (first->meaning != Meaning::field) return {How::other, first};
    const auto rest = remainder(bare, first->field);
    const bool voided = std::ranges::any_of(
        shop_names().qualifiers, [&](const std::string& word) { return rest.find(word) != std::string::npos; });
    if (voided) return {How::none, first};
    return {is_status(first->field) ? How::certain : How::likely, first};
}

Match match(const std::string& header) {
    const auto heading = heading_of(header);
    auto out = match_name(heading.bare);
    if (!heading.unit || out.name == nullptr || out.name->meaning != Meaning::field) return out;
    const auto kind = shop_names().unit_of.find(out.name->field);
    const bool has_kind = kind != shop_names().unit_of.end();
    if (has_kind && kind->second == heading.unit->of)
        out.power = heading.unit->power;
    else if (has_kind || heading.unit->of.empty() || heading.unit->power != 0)
        out.other_unit = out.how != Match::How::none;
    return out;
}

ShopQuestion question_of(const ShopColumn& column, bool twice) {
    const auto& field = shop_field(column.field);
    ShopQuestion out{fmt::format("column:{}", column.index + 1), {}, {}, {}};
    out.zh = fmt::format("第 {} 列「{}」{}「{}」吗？", column.index + 1, column.header,
                         twice ? "不止一列，这一列是" : "是", field.zh);
    out.en = fmt::format("Is column {} \"{}\" the {}?{}", column.index + 1, column.header, field.en,
                         twice ? " There is more than one." : "");
    out.options = {{"none", "不是，不用", "No, leave it out"}, {column.field, "是", "Yes"}};
    return out;
}

}  // namespace

std::string answer_to(const ShopQuestion& question, const ShopAnswers& answers) {
    const auto found = answers.find(question.key);
    const auto is_option =
        found != answers.end() &&
        std::ranges::find(question.options, found->second, &ShopQuestion::Option::value) != question.options.end();
    return is_option ? found->second : question.options.front().value;
}

const ShopColumn* ShopColumns::of(std::string_view field) const {
    const auto found = std::ranges::find(used, field, &ShopColumn::field);
    return found == used.end() ? nullptr : &*found;
}

ShopColumns match_columns(const std::vector<std::string>& header, const ShopAnswers& answers,
                          const std::set<std::size_t>& left_out) {
    using How = Match::How;
    ShopColumns out;
    std::map<std::string, std::vector<std::pair<Match, ShopColumn>>> by_field;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto shown = tidy(header[i]);
        if (shown.empty()) continue;
        const auto found = match(header[i]);
        // What became of an order is read in a hidden column too.
        if (left_out.contains(i) && (found.name == nullptr || !is_status(found.name->field))) continue;
        const auto meaning = found.name == nullptr ? Meaning::other : found.name->meaning;
        if (found.other_unit)
            out.other_unit.push_back(shown);
        else if (found.how == How::none || (found.how == How::other && meaning == Meaning::other))
            out.unused.push_back(shown);
        else if (found.how == How::other)
            out.personal.push_back(shown);
        else
            by_field[found.name->field].push_back({found, {found.name->field, i, shown, found.power}});
    }
    for (auto& [field, columns] : by_field) {
        const auto order = [](const auto& c) { return std::tuple(c.first.how, c.first.name->rank, c.second.index); };
        std::ranges::sort(columns, {}, order);
        const auto same_name = [&](const auto& c) {
            return c.first.how == columns[0].first.how && c.first.name == columns[0].first.name;
        };
        const auto alike = std::ranges::count_if(columns, same_name);
        const bool certain = columns[0].first.how != How::likely && (alike == 1 || is_status(field));
        bool taken = false;
        for (const auto& [found, column] : columns) {
            const bool each = is_status(field) && found.how != How::likely;
            if (certain && (!taken || each)) {
                out.used.push_back(column);
                taken = true;
            } else if (certain) {
                out.unused.push_back(column.header);
            } else {
                const auto question = question_of(column, alike > 1);
                if (!taken && answer_to(question, answers) == field) {
                    out.used.push_back(column);
                    taken = true;
                } else {
                    out.likely.push_back(column);
                }
                out.questions.push_back(question);
            }
        }
    }
    std::ranges::sort(out.used, {}, &ShopColumn::index);
    return out;
}

const ShopField& shop_field(std::string_view code) {
    const auto& fields = shop_names().fields;
    const auto found = fields.find(code);
    if (found == fields.end()) throw std::runtime_error("no such field: " + std::string(code));
    return found->second;
}

bool shop_blank(std::string_view text, std::string_view field) {
    if (text.starts_with('#')) return false;  // #N/A is an error, not nothing
    auto rest = std::string(text);
    for (const auto* mark : {"—", "–", "－", "―", "-", "/", "_", ".", " "})
        for (auto at = rest.find(mark); at != std::string::npos; at = rest.find(mark))
            rest.erase(at, std::string_view(mark).size());
    if (rest.empty()) return true;
    const auto normal = loop::normal_text(text);
    if (normal.empty()) return false;
    const auto& blanks = shop_names().blanks;
    const auto own = blanks.find(field);
    return blanks.at("").contains(normal) || (own != blanks.end() && own->second.contains(normal));
}

const std::vector<std::string>& shop_units(std::string_view field) {
    static const std::vector<std::string> none;
    const auto& names = shop_names();
    const auto of = names.unit_of.find(field);
    if (of == names.unit_of.end()) return none;
    const auto units = names.plain_units.find(of->second);
    return units == names.plain_units.end() ? none : units->second;
}

}  // namespace imloop::station::intake
