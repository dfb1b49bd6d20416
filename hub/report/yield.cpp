// What checks found, by how the station was chosen and by the rule that spoke against it: the random share says how
// things stand everywhere, and against it each rule is measured.
#include <algorithm>

#include "hub/report/suspects.hpp"
#include "loop/measures.hpp"
#include "loop/rules/rule_table.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

struct Count {
    int checks = 0, found = 0;
};

std::vector<json> row_of(const std::string& what, const loop::Words& said, const Count& c, const Count& random) {
    const auto share = [](const Count& of) { return static_cast<double>(of.found) / of.checks; };
    const json words{{"zh", said.zh}, {"en", said.en}};
    if (c.checks == 0) return {what, words, 0, 0, nullptr, nullptr, nullptr, nullptr};
    const auto interval = loop::wilson(c.found, c.checks);
    const json lift = random.found == 0 ? json(nullptr) : json(share(c) / share(random));
    return {what, words, c.checks, c.found, share(c), interval.low, interval.high, lift};
}

}  // namespace

Report report_yield(const loop::rules::Suspects& suspects) {
    Report out{"检查的收获",
               "What checks found",
               {{"by", "依据", "chosen by"},
                {"words", "说明", "words"},
                {"checks", "检查", "checks"},
                {"found", "发现问题", "found"},
                {"share", "占比", "share", true},
                {"low", "下限", "low", true},
                {"high", "上限", "high", true},
                {"lift", "相对纯随机", "against random"}},
               {},
               json::object()};
    std::map<std::string, std::set<std::string>> rules_against;  // by station
    suspects.each_flag([&](const loop::rules::Flag& flag) { rules_against[flag.station_id].insert(flag.rule); });
    std::map<std::string, Count> arms, rules;
    suspects.each_check([&](const std::string& station, const loop::rules::Check& check) {
        const auto count = [&](Count& of) { ++of.checks, of.found += check.found() ? 1 : 0; };
        count(arms[check.draw_arm.empty() ? "other" : check.draw_arm]);
        for (const auto& rule : rules_against[station]) count(rules[rule]);
    });
    const Count random = arms["random"];
    out.rows.push_back(row_of("random", {"纯随机", "random"}, random, random));
    out.rows.push_back(row_of("risk", {"按风险加权", "by risk"}, arms["risk"], random));
    out.rows.push_back(row_of("other", {"其他检查", "other checks"}, arms["other"], random));
    for (const auto& [rule, count] : rules)
        out.rows.push_back(row_of(rule, loop::rules::rule_table(rule).title, count, random));
    return out;
}

}  // namespace imloop::hub
