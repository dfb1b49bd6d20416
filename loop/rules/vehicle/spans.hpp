// Spans of time, found by the time they take up rather than by asking each.
#pragma once

#include <cstddef>
#include <vector>

#include "loop/time.hpp"

namespace imloop::loop::rules {

struct Span {
    Moment from = 0, to = 0;  ///< `from` is not after `to`
};

class Spans {
public:
    explicit Spans(const std::vector<Span>&);

    struct Range {
        std::size_t first = 0, last = 0;  ///< places in the order given; `last` is not among them
    };
    /// Outside of it no span shares more than `least_ms` with this one. Narrow where they were given in the order of
    /// their ends.
    Range sharing(const Span&, double least_ms) const;

private:
    std::vector<Moment> latest_;    // end of those up to a place
    std::vector<Moment> earliest_;  // beginning of those from a place on
};

}  // namespace imloop::loop::rules
