// Process data as whoever holds the traces gives it to the rules: which are copies of one another.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "loop/suspects/suspects.hpp"
#include "loop/traces/index.hpp"

namespace imloop::eval {

class TraceFeed {
public:
    void keep(const std::string& sha256, const std::string& csv) { kept_.emplace(sha256, csv); }
    /// The trace of a record that has come: against all that came before. Nothing where none was handed in.
    void arrive(const std::string& sha256, loop::rules::Suspects&);

private:
    std::map<std::string, std::string> kept_;
    std::set<std::string> seen_;
    std::vector<std::string> arrived_;  // by id in the index
    loop::traces::Index index_;
};

}  // namespace imloop::eval
