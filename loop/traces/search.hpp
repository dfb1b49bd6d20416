// From a trace to the traces that are the same measurement: candidates of the index, each compared with its own rows.
// This is what a rule calls.
#pragma once

#include <functional>

#include "loop/traces/compare.hpp"
#include "loop/traces/index.hpp"

namespace imloop::loop::traces {

/// Of a candidate; nothing where it is not to be had (it is then left out).
using LoadTrace = std::function<std::optional<Trace>(TraceId)>;

struct Match {
    TraceId id = 0;
    Comparison comparison;  ///< of the trace asked for, the first, with the one found
};

/// By falling agreement, then by id. The trace itself is found too where it is in the index.
std::vector<Match> matches(const Index&, const Trace&, const LoadTrace&);

}  // namespace imloop::loop::traces
