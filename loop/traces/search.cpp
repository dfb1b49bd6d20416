#include "loop/traces/search.hpp"

#include <algorithm>
#include <tuple>

namespace imloop::loop::traces {
namespace {

/// Rows by which the lag of signs may be off.
constexpr int slack_rows = 3;

}  // namespace

std::vector<Match> matches(const Index& index, const Trace& trace, const LoadTrace& load) {
    std::vector<Match> out;
    for (const auto& candidate : index.candidates(windows_of(trace))) {
        const auto other = load(candidate.id);
        if (!other) continue;
        auto comparison = compare(trace, *other, {candidate.lag_rows - slack_rows, candidate.lag_rows + slack_rows});
        if (comparison && same(*comparison)) out.push_back({candidate.id, std::move(*comparison)});
    }
    std::ranges::sort(out, [](const Match& a, const Match& b) {
        return std::tuple(-a.comparison.agreement, a.id) < std::tuple(-b.comparison.agreement, b.id);
    });
    return out;
}

}  // namespace imloop::loop::traces
