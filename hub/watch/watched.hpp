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
    struct Stopped : engine::ConnectionLost {
        Stopped() : ConnectionLost("服务正在停止 / the service is stopping") {}
    };

    /// `of_rules`: of the policy (loop::Policy::rules). `save` keeps in `rows` what changed; called between two steps.
    using Save = std::function<void(Watched&)>;
    Watched(std::string of_rules, Keep keep, const std::atomic<bool>& stop, const loop::Rows& rows, Save save);

    /// Everything there is, as if it had come at once. `of`: of the same moment, the store's own or made anew.
    void begin(Store&, LoopState& of);
    /// Goes on from rows that are so far.
    void resume(Store&, std::uint64_t notes, std::int64_t position);
    enum class Followed { nothing, more, gap };
    /// The next of what was stored since, in steps so that no moment is kept long; after a gap in the notes it is to
    /// begin anew.
    Followed follow(Store&, LoopState&);
    const TraceShelf& shelf() const { return shelf_; }

    const std::string rules;  ///< of the policy, as it was begun with
    loop::rules::Suspects suspects;
    std::int64_t position = 0;  ///< of the last segment it has seen
    std::uint64_t notes = 0;    ///< the number of the last note

private:
    void step(LoopState&);
    void take_lines(const StoredSegment&);
    void take_trace(Store&, const std::string& sha256);

    TraceShelf shelf_;
    Keep keep_;
    Save save_;
    const std::atomic<bool>& stop_;
};

}  // namespace imloop::hub
