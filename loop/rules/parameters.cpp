#include "loop/rules/parameters.hpp"

#include <algorithm>
#include <stdexcept>

#include "loop/rules/rule_table.hpp"

namespace imloop::loop::rules {

Parameters::Parameters(const nlohmann::json& changes, Unknown unknown) {
    for (const auto& [id, table] : rule_tables())
        for (const auto& [name, parameter] : table.parameters) rules_[id].numbers[name] = parameter.value;
    for (const auto& [id, table] : rule_tables()) rules_.try_emplace(id);

    const auto refuse = [&](const std::string& what) {
        if (unknown == Unknown::refused) throw std::runtime_error(what);
    };
    const auto change = [&](Numbers& numbers, const Numbers& known, const nlohmann::json& by, const std::string& at) {
        for (const auto& [name, value] : by.items()) {
            if (known.contains(name))
                numbers[name] = value.get<double>();
            else
                refuse(at + "/" + name + "：没有这个参数 / there is no such parameter");
        }
    };
    for (const auto& [id, by] : changes.items()) {
        const std::string at = "/rules/" + id;
        const auto rule = rules_.find(id);
        if (rule == rules_.end()) {
            refuse(at + "：没有这条规则 / there is no such rule");
            continue;
        }
        const Numbers known = rule->second.numbers;
        rule->second.enabled = by.value("enabled", true);
        if (by.contains("parameters")) change(rule->second.numbers, known, by.at("parameters"), at + "/parameters");
        if (by.contains("counties"))
            for (const auto& [county, numbers] : by.at("counties").items())
                change(rule->second.by_county[county], known, numbers, at + "/counties/" + county);
    }
}

bool Parameters::enabled(std::string_view rule) const {
    const auto it = rules_.find(rule);
    return it != rules_.end() && it->second.enabled;
}

double Parameters::number(std::string_view rule, std::string_view name, std::string_view county) const {
    const auto it = rules_.find(rule);
    if (it != rules_.end()) {
        if (const auto own = it->second.by_county.find(county); own != it->second.by_county.end())
            if (const auto value = own->second.find(name); value != own->second.end()) return value->second;
        if (const auto value = it->second.numbers.find(name); value != it->second.numbers.end()) return value->second;
    }
    throw std::logic_error("no parameter " + std::string(name) + " of rule " + std::string(rule));
}

double Parameters::least(std::string_view rule, std::string_view name) const {
    double out = number(rule, name, "");
    for (const auto& [county, numbers] : rules_.find(rule)->second.by_county)
        if (const auto value = numbers.find(name); value != numbers.end()) out = std::min(out, value->second);
    return out;
}

}  // namespace imloop::loop::rules
