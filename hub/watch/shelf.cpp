#include "hub/watch/shelf.hpp"

#include <cmath>

#include "loop/suspects/observed/trace_facts.hpp"
#include "loop/traces/search.hpp"

namespace imloop::hub {
namespace {

using loop::rules::TraceMatch;
using loop::traces::Trace;

/// The channel that speaks most clearly stands for the pair.
TraceMatch match_of(const std::string& other, const loop::traces::Comparison& c) {
    TraceMatch out{.sha256 = other,
                   .shift_s = c.lag_rows,
                   .correlation = c.agreement,
                   .rows = static_cast<int>(c.rows),
                   .chance = std::pow(10, c.log10_chance)};
    const loop::traces::ChannelFit* best = nullptr;
    for (const auto& fit : c.channels)
        if (!best || fit.weight > best->weight) best = &fit;
    if (best && best->scale != 0) {
        out.scale = best->scale;
        out.offset = best->offset;
    }
    return out;
}

/// The same pair, seen from the other one.
TraceMatch turned(TraceMatch match, const std::string& other) {
    match.sha256 = other;
    match.shift_s = -match.shift_s;
    match.offset = 0 - match.offset / match.scale;
    match.scale = 1 / match.scale;
    return match;
}

}  // namespace

TraceFigures TraceShelf::figures(std::string_view csv, const Load& load) const {
    const auto trace = loop::traces::parse_trace(csv).trace;
    if (!trace) return {};
    TraceFigures out{loop::rules::facts_of(*trace), loop::traces::sketch_of(*trace), {}};
    const auto parsed = [&](loop::traces::TraceId of) -> std::optional<Trace> {
        const auto text = load(digests_.at(of));
        return text ? loop::traces::parse_trace(*text).trace : std::nullopt;
    };
    for (const auto& match : loop::traces::matches(index_, *trace, parsed))
        out.copies.push_back(match_of(digests_.at(match.id), match.comparison));
    return out;
}

void TraceShelf::know(const std::string& sha256, const TraceFigures& figures) {
    const auto id = static_cast<loop::traces::TraceId>(digests_.size());
    if (!known_.try_emplace(sha256, id).second) return;
    digests_.push_back(sha256);
    if (figures.facts) index_.insert(id, figures.sketch);
}

void TraceShelf::put(const std::string& sha256, const TraceFigures& figures, loop::rules::Suspects& suspects) {
    if (holds(sha256)) return;
    know(sha256, figures);
    if (!figures.facts) return;
    suspects.traces().put_facts(sha256, *figures.facts);
    for (const auto& copy : figures.copies) {
        suspects.traces().put_match(sha256, copy);
        suspects.traces().put_match(copy.sha256, turned(copy, sha256));
        suspects.trace_changed(copy.sha256);
    }
    suspects.trace_changed(sha256);
}

}  // namespace imloop::hub
