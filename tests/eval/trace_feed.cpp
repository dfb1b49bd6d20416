#include "tests/eval/trace_feed.hpp"

#include <cmath>

#include "loop/traces/search.hpp"

namespace imloop::eval {

void TraceFeed::arrive(const std::string& sha256, loop::rules::Suspects& suspects) {
    const auto csv = kept_.find(sha256);
    if (csv == kept_.end() || !seen_.insert(sha256).second) return;
    const auto parsed = loop::traces::parse_trace(csv->second);
    if (!parsed.trace) return;
    const auto load = [&](loop::traces::TraceId id) {
        return loop::traces::parse_trace(kept_.at(arrived_.at(id))).trace;
    };
    for (const auto& found : loop::traces::matches(index_, *parsed.trace, load)) {
        const auto& c = found.comparison;
        if (!loop::traces::same(c)) continue;
        loop::rules::TraceMatch match{
            arrived_.at(found.id),       c.lag_rows, 1, 0, c.agreement, static_cast<int>(c.rows),
            std::pow(10, c.log10_chance)};
        if (!c.channels.empty()) match.scale = c.channels[0].scale, match.offset = c.channels[0].offset;
        suspects.traces().put_match(sha256, match);
        const std::string other = match.sha256;
        match.sha256 = sha256, match.shift_s = -match.shift_s;
        suspects.traces().put_match(other, match);
        suspects.trace_changed(other);
    }
    index_.insert(arrived_.size(), loop::traces::sketch_of(*parsed.trace));
    arrived_.push_back(sha256);
    suspects.trace_changed(sha256);
}

}  // namespace imloop::eval
