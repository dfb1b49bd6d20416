#include "hub/projection/shelf.hpp"

#include <cmath>

#include "loop/suspects/trace_facts.hpp"
#include "loop/traces/search.hpp"

namespace imloop::hub {
namespace {

using loop::rules::TraceMatch;
using loop::traces::Trace;

/// The channel that speaks most clearly stands for the pair.
TraceMatch match_of(const std::string& other, const loop::traces::Comparison& c, bool turned) {
    TraceMatch out{.sha256 = other,
                   .shift_s = turned ? -c.lag_rows : c.lag_rows,
                   .correlation = c.agreement,
                   .rows = static_cast<int>(c.rows),
                   .chance = std::pow(10, c.log10_chance)};
    const loop::traces::ChannelFit* best = nullptr;
    for (const auto& fit : c.channels)
        if (!best || fit.weight > best->weight) best = &fit;
    if (best && best->scale != 0) {
        out.scale = turned ? 1 / best->scale : best->scale;
        out.offset = turned ? -best->offset / best->scale : best->offset;
    }
    return out;
}

}  // namespace

void TraceShelf::take(const std::string& sha256, std::string_view csv, const Load& load,
                      loop::rules::Suspects& suspects) {
    const auto id = static_cast<loop::traces::TraceId>(digests_.size());
    if (!known_.try_emplace(sha256, id).second) return;
    digests_.push_back(sha256);
    const auto trace = loop::traces::parse_trace(csv).trace;
    if (!trace) return;
    suspects.traces().put_facts(sha256, loop::rules::facts_of(*trace));
    const auto parsed = [&](loop::traces::TraceId of) -> std::optional<Trace> {
        const auto text = load(digests_.at(of));
        return text ? loop::traces::parse_trace(*text).trace : std::nullopt;
    };
    for (const auto& match : loop::traces::matches(index_, *trace, parsed)) {
        const auto& other = digests_.at(match.id);
        suspects.traces().put_match(sha256, match_of(other, match.comparison, false));
        suspects.traces().put_match(other, match_of(sha256, match.comparison, true));
        suspects.trace_changed(other);
    }
    index_.insert(id, loop::traces::sketch_of(*trace));
    suspects.trace_changed(sha256);
}

}  // namespace imloop::hub
