#include "loop/tables.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>

#include "schemas/embedded.hpp"

namespace imloop::loop {
namespace {

using nlohmann::json;
using WordsByCode = std::map<std::string, Words, std::less<>>;

json table(std::string_view name) { return json::parse(schemas::table_text(name)); }

Codes codes_in(const json& rows) {
    Codes out;
    for (const auto& row : rows) out.insert(row.at("code").get<std::string>());
    return out;
}

WordsByCode words_in(const json& rows) {
    WordsByCode out;
    for (const auto& row : rows)
        out[row.at("code").get<std::string>()] = {row.at("zh").get<std::string>(), row.at("en").get<std::string>()};
    return out;
}

std::map<std::string, Codes, std::less<>> all_codes() {
    std::map<std::string, Codes, std::less<>> out;
    for (const auto* name : {"methods", "plate_kinds", "fuels", "emission_stages", "repair_items", "counties"})
        out[name] = codes_in(table(name).at("rows"));
    const json lists = table("codes").at("lists");
    for (const auto& [name, rows] : lists.items()) out["codes/" + name] = codes_in(rows);
    return out;
}

std::vector<Method> read_methods() {
    std::vector<Method> out;
    const json rows = table("methods").at("rows");
    for (const auto& row : rows) {
        Method method{row.at("code"), row.at("zh"), row.at("en"), row.at("phases"), {}, row.at("seconds_min")};
        for (const auto& item : row.at("items"))
            method.items.push_back({item.at("code"), item.at("unit"), item.value("phases", method.phases)});
        out.push_back(std::move(method));
    }
    return out;
}

std::optional<double> number(const json& row, const char* name) {
    if (!row.contains(name)) return std::nullopt;
    return row.at(name).get<double>();
}

}  // namespace

const Codes& codes(std::string_view name) {
    static const auto all = all_codes();
    const auto found = all.find(name);
    if (found == all.end()) throw std::runtime_error("no such table of codes: " + std::string(name));
    return found->second;
}

bool Method::has_phase(std::string_view phase) const { return std::ranges::find(phases, phase) != phases.end(); }

const MethodItem* Method::item(std::string_view code_) const {
    const auto found = std::ranges::find(items, code_, &MethodItem::item);
    return found == items.end() ? nullptr : &*found;
}

const json& rows_of(std::string_view name) {
    static std::mutex mutex;
    static std::map<std::string, json, std::less<>> read;
    const std::lock_guard guard(mutex);
    auto it = read.find(name);
    if (it == read.end()) {
        constexpr std::string_view list = "codes/";
        it = read.emplace(name, name.starts_with(list)
                                    ? table("codes").at("lists").at(std::string(name.substr(list.size())))
                                    : table(name).at("rows"))
                 .first;
    }
    return it->second;
}

const std::vector<Method>& methods() {
    static const auto all = read_methods();
    return all;
}

const Method* method_named(std::string_view code) {
    const auto found = std::ranges::find(methods(), code, &Method::code);
    return found == methods().end() ? nullptr : &*found;
}

const std::vector<County>& counties() {
    static const auto all = [] {
        std::vector<County> out;
        const json rows = table("counties").at("rows");
        for (const auto& row : rows)
            out.push_back({row.at("code"), row.at("zh"), row.at("en"), row.at("tile_x"), row.at("tile_y"),
                           row.value("former_codes", std::vector<std::string>{})});
        return out;
    }();
    return all;
}

std::string present_county(std::string_view code) {
    for (const auto& county : counties())
        if (std::ranges::find(county.former_codes, code) != county.former_codes.end()) return county.code;
    return std::string(code);
}

const std::vector<Limit>& limits() {
    static const auto all = [] {
        std::vector<Limit> out;
        const json standards = table("limits").at("standards");
        for (const auto& standard : standards) {
            const auto from = parse_day(standard.at("valid_from").get<std::string>());
            if (!from) throw std::runtime_error("tables/limits.json: valid_from is no day");
            for (const auto& row : standard.at("limits"))
                out.push_back({standard.at("code"), row.at("method"), row.at("phase"), row.at("item"),
                               number(row, "low"), number(row, "high"), *from});
        }
        return out;
    }();
    return all;
}

const Policy& default_policy() {
    static const auto policy = policy_from(table("policy"));
    return policy;
}

Words term(std::string_view code) {
    static const auto all = words_in(table("terms").at("rows"));
    const auto found = all.find(code);
    return found == all.end() ? Words{std::string(code), std::string(code)} : found->second;
}

std::optional<Words> problem_words(std::string_view code) {
    static const auto all = words_in(table("problems").at("rows"));
    const auto found = all.find(code);
    if (found == all.end()) return std::nullopt;
    return found->second;
}

}  // namespace imloop::loop
