// The process data the hub holds, as rules need it: figures drawn from each trace, and which traces are copies of one
// another.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hub/watch/figures.hpp"
#include "loop/suspects/asking/suspects.hpp"
#include "loop/traces/index.hpp"

namespace imloop::hub {

/// Not thread safe. Some 200 bytes a trace beside its figures.
class TraceShelf {
public:
    /// The CSV of a trace that came before; nothing where it is not there.
    using Load = std::function<std::optional<std::string>(const std::string& sha256)>;

    bool holds(const std::string& sha256) const { return known_.contains(sha256); }
    /// What is to be said of a trace that comes now. Changes nothing.
    TraceFigures figures(std::string_view csv, const Load&) const;
    /// The trace is there from now on; what rules know of it and of its copies goes to `suspects`. Again does nothing.
    void put(const std::string& sha256, const TraceFigures&, loop::rules::Suspects&);
    /// Likewise where the rules know of it already.
    void know(const std::string& sha256, const TraceFigures&);

private:
    loop::traces::Index index_;
    std::vector<std::string> digests_;  ///< by TraceId
    std::unordered_map<std::string, loop::traces::TraceId> known_;
};

}  // namespace imloop::hub
