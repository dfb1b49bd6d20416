#include "hub/rule_failures.hpp"

#include <fmt/format.h>

namespace imloop::hub {

std::vector<std::string> RuleFailures::count(const loop::rules::Suspects::Failed& more) {
    struct New {
        std::string at;  ///< the first
        std::uint64_t times = 0;
    };
    std::map<std::string, New> found;
    for (const auto& [at, rules] : more)
        for (const auto& rule : rules) {
            auto& of = found[rule];
            if (of.times++ == 0) of.at = at;
            ++by_rule_[rule];
        }
    std::vector<std::string> told;
    for (const auto& [rule, of] : found)
        told.push_back(
            fmt::format("规则 {0} 出错，未判断 {1}（共 {2} 处），其余照常；请把这一行报给维护者 / rule {0} threw at "
                        "{1} ({2} in all) and is left out there, the others go on; report this line",
                        rule, of.at, of.times));
    return told;
}

}  // namespace imloop::hub
