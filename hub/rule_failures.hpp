// Rules that threw: counted for the metrics, told once.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "loop/suspects/asking/suspects.hpp"

namespace imloop::hub {

/// Not thread safe: under the lock of the state whose rules these are.
class RuleFailures {
public:
    /// What threw where it had not before; a line for each rule, to be told, with one of the things it was looking at.
    std::vector<std::string> count(const loop::rules::Suspects::Failed& more);
    const std::map<std::string, std::uint64_t>& by_rule() const { return by_rule_; }  ///< since the start

private:
    std::map<std::string, std::uint64_t> by_rule_;
};

}  // namespace imloop::hub
