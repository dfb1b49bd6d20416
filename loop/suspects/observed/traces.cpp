#include "loop/suspects/observed/traces.hpp"

#include <cstdlib>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

Traces::Traces(const Rows* rows) : facts_("watch_trace_facts", rows), matches_("watch_trace_matches", rows) {}

std::vector<TraceMatch> Traces::matches(std::string_view sha256) const {
    std::vector<TraceMatch> out;
    matches_.each(key_of(sha256), [&](std::string_view, const TraceMatch& match) { out.push_back(match); });
    return out;
}

void Traces::put_match(const std::string& sha256, TraceMatch match) {
    const auto key = key_of(sha256, match.sha256);
    matches_.put(key, std::move(match));
}

void Traces::put_facts(const std::string& sha256, TraceFacts facts) { facts_.put(key_of(sha256), std::move(facts)); }

void Traces::put_all_of(const Traces& other) {
    other.facts_.each("", [&](std::string_view key, const TraceFacts& facts) { facts_.put(key, facts); });
    other.matches_.each("", [&](std::string_view key, const TraceMatch& match) { matches_.put(key, match); });
}

void Traces::write(const RowChanges& changes) {
    facts_.write(changes);
    matches_.write(changes);
}

void Traces::forget() {
    facts_.forget();
    matches_.forget();
}

const TraceFacts* recorded_trace(const Record& r, const Context& ctx) {
    const TraceFacts* trace = ctx.traces.facts(r.test().trace_sha256);
    const auto rows = r.test().trace_rows;
    return trace && rows && std::abs(*rows - trace->rows) > lost_rows_max ? nullptr : trace;
}

const TraceFacts* whole_trace(const Record& r, const Context& ctx) {
    const TraceFacts* trace = recorded_trace(r, ctx);
    return trace && trace->goes_through() ? trace : nullptr;
}

}  // namespace imloop::loop::rules
