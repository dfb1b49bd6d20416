// A simulated year as it reaches the hub: the projection and the suspect rules, fed in process day by day.
#pragma once

#include <map>

#include "hub/watch/shelf.hpp"
#include "loop/projection.hpp"
#include "loop/suspects/asking/suspects.hpp"
#include "tests/sim/year.hpp"

namespace imloop::eval {

/// Traces by digest, as they are handed in.
using Traces = std::map<std::string, std::string>;

class Feed {
public:
    /// `year` and `traces` outlive it. The stations are registered before the first line.
    Feed(const sim::Year& year, const Traces& traces, int year_number);

    /// Takes in what was received up to the end of the day, then sweeps. Days ascend.
    void until(loop::Day);

    const loop::Projection& projection() const { return projection_; }
    const loop::rules::Suspects& suspects() const { return suspects_; }
    std::size_t accepted() const { return accepted_; }

private:
    struct Line {
        loop::Moment received_at;
        const std::string* source;
        std::uint64_t seq;
        const std::string* text;
    };
    void registers(const sim::Year&, int year_number);
    void take(const Line&);
    void take_trace(const std::string& sha256);

    const Traces& traces_;
    hub::TraceShelf shelf_;
    loop::Projection projection_;
    loop::rules::Suspects suspects_;
    std::vector<Line> lines_;  // in the order they were received
    std::size_t next_ = 0, accepted_ = 0;
};

}  // namespace imloop::eval
