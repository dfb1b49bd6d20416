#include "loop/rules/rule_table.hpp"

#include <stdexcept>

#include "schemas/embedded.hpp"

namespace imloop::loop::rules {
namespace {

using nlohmann::json;

Words words(const json& of) { return {of.at("zh").get<std::string>(), of.at("en").get<std::string>()}; }

std::map<std::string, Words, std::less<>> words_by_code(const json& of) {
    std::map<std::string, Words, std::less<>> out;
    for (const auto& [code, both] : of.items()) out[code] = words(both);
    return out;
}

RuleTable read(const json& t) {
    RuleTable out{t.at("id"),
                  t.at("scope"),
                  words(t.at("title")),
                  words(t.at("finds")),
                  words(t.at("formula")),
                  words(t.at("false_alarms")),
                  words(t.at("clears")),
                  t.at("sources").get<std::vector<std::string>>(),
                  {},
                  words_by_code(t.at("claims")),
                  words_by_code(t.at("values"))};
    for (const auto& [name, p] : t.at("parameters").items())
        out.parameters[name] = {p.at("value").get<double>(), p.at("unit").get<std::string>(), words(p)};
    return out;
}

std::string filled(std::string text, const Flag& flag) {
    for (const auto& value : flag.values) {
        const std::string place = "{" + value.name + "}";
        const std::string with = value.unit.empty() ? value.text : value.text + " " + value.unit;
        for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at + with.size()))
            text.replace(at, place.size(), with);
    }
    return text;
}

}  // namespace

const std::map<std::string, RuleTable, std::less<>>& rule_tables() {
    static const auto tables = [] {
        std::map<std::string, RuleTable, std::less<>> out;
        for (const auto& path : schemas::paths("tables/rules/")) {
            try {
                auto table = read(json::parse(schemas::text(path)));
                out.emplace(table.id, std::move(table));
            } catch (const json::exception& e) {
                throw std::runtime_error(path + ": " + e.what());
            }
        }
        return out;
    }();
    return tables;
}

const RuleTable& rule_table(std::string_view id) {
    const auto it = rule_tables().find(id);
    if (it == rule_tables().end()) throw std::out_of_range("no table of rule " + std::string(id));
    return it->second;
}

Words claim_of(const Flag& flag) {
    const auto& claims = rule_table(flag.rule).claims;
    const auto it = claims.find(flag.claim);
    if (it == claims.end()) return {flag.claim, flag.claim};
    return {filled(it->second.zh, flag), filled(it->second.en, flag)};
}

Words name_of(const Flag& flag, const Value& value) {
    const auto& values = rule_table(flag.rule).values;
    const auto it = values.find(value.name);
    return it == values.end() ? Words{value.name, value.name} : it->second;
}

Words words_of(Grade grade) {
    switch (grade) {
        case Grade::strong:
            return {"强", "strong"};
        case Grade::medium:
            return {"中", "medium"};
        default:
            return {"弱", "weak"};
    }
}

}  // namespace imloop::loop::rules
