// The rules over the records as they were stored up to a position: what the watch follows with, and what verify makes
// anew beside it.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "hub/readers.hpp"
#include "hub/watch/shelf.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::hub {

/// Not thread safe.
class Watched {
public:
    /// Figures of process data that was compared with all that came before: to be kept, for who begins later.
    using Keep = std::function<void(const std::string& sha256, const TraceFigures&)>;
    /// Set while it works, it gives up with Stopped.
    struct Stopped {};

    Watched(const loop::rules::Parameters& parameters, const loop::Policy& policy, Keep keep,
            const std::atomic<bool>& stop)
        : suspects(parameters, policy), keep_(std::move(keep)), stop_(stop) {}

    /// Everything there is, as if it had come at once. `of`: the projection of the same moment, the store's own or one
    /// made anew.
    void begin(Store&, const LoopState& of);
    enum class Followed { nothing, more, gap };
    /// What was stored since; after a gap in the notes it is to begin anew.
    Followed follow(Store&, const LoopState&);
    const TraceShelf& shelf() const { return shelf_; }

    loop::rules::Suspects suspects;
    std::int64_t position = 0;  ///< of the last segment it has seen
    std::uint64_t notes = 0;    ///< the number of the last note

private:
    void take_lines(const StoredSegment&);
    void take_trace(Store&, const std::string& sha256);

    TraceShelf shelf_;
    Keep keep_;
    const std::atomic<bool>& stop_;
};

}  // namespace imloop::hub
