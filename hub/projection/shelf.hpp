// The process data the hub holds, as rules need it: figures drawn from each trace, and which traces are copies of one
// another. Kept up to date as traces come; made anew from the store at start.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "loop/suspects/suspects.hpp"
#include "loop/traces/index.hpp"

namespace imloop::hub {

/// Not thread safe. Some 200 bytes a trace beside its figures.
class TraceShelf {
public:
    /// The CSV of a trace that came before; nothing where it is not there.
    using Load = std::function<std::optional<std::string>(const std::string& sha256)>;

    /// A trace that came, the first time; again does nothing. What the rules know of it and of its copies goes to
    /// `suspects`. One that can't be read is left alone: it is evidence of nothing.
    void take(const std::string& sha256, std::string_view csv, const Load&, loop::rules::Suspects&);

private:
    loop::traces::Index index_;
    std::vector<std::string> digests_;  ///< by TraceId
    std::unordered_map<std::string, loop::traces::TraceId> known_;
};

}  // namespace imloop::hub
