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
    /// What is new in it since the last look, counted; a line for each rule, to be told, with one of the things it was
    /// looking at. Costs what has failed.
    std::vector<std::string> look(const loop::rules::Suspects::Failed&);
    const std::map<std::string, std::uint64_t>& by_rule() const { return by_rule_; }  ///< since the start

private:
    loop::rules::Suspects::Failed known_;
    std::map<std::string, std::uint64_t> by_rule_;
};

}  // namespace imloop::hub
