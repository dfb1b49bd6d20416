// What is drawn from one trace when it comes: costly to make (a query of the index, a comparison with each candidate),
// small to keep. The store keeps it beside the trace, so that a start need not make it anew.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/suspects/observed/traces.hpp"
#include "loop/traces/sketch.hpp"

namespace imloop::hub {

/// Of what `TraceFigures` says. To be raised whenever another program would draw something else from the same trace:
/// the figures, the sketch, or which traces are copies. Figures of another version are made anew at the next start.
inline constexpr int figures_version = 2;

struct TraceFigures {
    std::optional<loop::rules::TraceFacts> facts{};  ///< nothing: it can't be read, and is evidence of nothing
    loop::traces::Sketch sketch{};
    std::vector<loop::rules::TraceMatch> copies{};  ///< among the traces that came before
};

/// CBOR (RFC 8949).
std::string bytes_of(const TraceFigures&);
/// Nothing where the bytes are no figures.
std::optional<TraceFigures> figures_of(std::string_view bytes);

}  // namespace imloop::hub
