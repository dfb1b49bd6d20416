#include "loop/rules/vehicle/spans.hpp"

#include <algorithm>
#include <cassert>

namespace imloop::loop::rules {

Spans::Spans(const std::vector<Span>& spans) : latest_(spans.size()), earliest_(spans.size()) {
    for (std::size_t i = 0; i < spans.size(); ++i) {
        assert(spans[i].from <= spans[i].to);
        latest_[i] = i == 0 ? spans[i].to : std::max(latest_[i - 1], spans[i].to);
    }
    for (std::size_t i = spans.size(); i-- > 0;)
        earliest_[i] = i + 1 == spans.size() ? spans[i].from : std::min(earliest_[i + 1], spans[i].from);
}

Spans::Range Spans::sharing(const Span& with, double least_ms) const {
    const auto ends_too_early = [&](Moment end) { return static_cast<double>(end - with.from) <= least_ms; };
    const auto begins_in_time = [&](Moment begin) { return static_cast<double>(with.to - begin) > least_ms; };
    const auto first = std::ranges::partition_point(latest_, ends_too_early) - latest_.begin();
    const auto last = std::ranges::partition_point(earliest_, begins_in_time) - earliest_.begin();
    return {static_cast<std::size_t>(first), static_cast<std::size_t>(std::max(first, last))};
}

}  // namespace imloop::loop::rules
