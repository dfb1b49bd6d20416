#include "loop/suspects/observed/traces.hpp"

#include <cstdlib>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules {

const std::vector<TraceMatch>& Traces::matches(std::string_view sha256) const {
    static const std::vector<TraceMatch> none;
    const auto it = matches_.find(sha256);
    return it == matches_.end() ? none : it->second;
}

void Traces::put_match(const std::string& sha256, TraceMatch match) {
    auto& of = matches_[sha256];
    for (auto& known : of)
        if (known.sha256 == match.sha256) {
            known = std::move(match);
            return;
        }
    of.push_back(std::move(match));
}

const TraceFacts* Traces::facts(std::string_view sha256) const {
    const auto it = facts_.find(sha256);
    return it == facts_.end() ? nullptr : &it->second;
}

void Traces::put_facts(const std::string& sha256, TraceFacts facts) { facts_[sha256] = std::move(facts); }

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
