// The one writer: takes judged segments in batches, one transaction a batch (group commit), one savepoint a segment,
// and answers after the commit. What a segment or an errand throws is answered 500 and leaves the others as they are; a
// store that refuses a write ends the process; where the connection to it is lost, all are answered 503 until a new one
// is made and memory is as the store again.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "hub/hub.hpp"
#include "hub/limits.hpp"
#include "hub/projection/state.hpp"
#include "hub/quota.hpp"
#include "hub/store/store.hpp"
#include "journal/segment.hpp"

namespace imloop::hub {

/// The exit code of a program whose store refused a write.
inline constexpr int store_refused_exit = 3;

/// A place among the segments on their way to the writer, given back with the answer.
struct Waiting {
    Quota::Held one, bytes;
};

/// A segment whose frame, key and seal are right and whose lines are admitted. `bytes` owns what `segment` points into.
struct Arrival {
    std::shared_ptr<const std::string> bytes;
    journal::Segment segment;
    std::vector<journal::Digest> digests;
    std::vector<loop::Admitted> admitted;
    loop::Moment received_at = 0;
    std::string receipt;             ///< the one that comes back with an import; empty: to be made
    std::optional<Waiting> waiting;  ///< of one that came over the network
    Hub::Done done;
};

class Writer {
public:
    struct Calls {
        std::function<void()> committed;  ///< after each commit, before what follows from the lines is computed
        std::function<void()> settled;    ///< after that
        std::function<void()> reload;     ///< makes `state` anew from `store`, after a fault that left it half changed
    };
    using Errand = std::function<Answer(Store&, State&)>;

    /// `state` is written under `lock`; `store` is used by the writer's thread alone, except under `lock` held shared.
    /// The calls come under the lock held alone.
    Writer(Store& store, State& state, std::shared_mutex& lock, const journal::PrivateKey& key, Calls);
    ~Writer();  ///< commits what waits

    /// How much may wait is for those to bound who offer.
    void offer(Arrival);
    /// Runs in the writer's transaction order, for what is not a segment, and gives its answer.
    void run(Errand, Hub::Done);
    /// Whether the connection to the store is lost: then memory may hold what the store does not.
    bool lost() const { return lost_; }

private:
    void work();
    void commit(std::deque<Arrival>&);
    std::vector<Answer> committed(std::deque<Arrival>&);
    void lose(const std::exception&);
    bool reconnected();
    void run_now(const Errand&, const Hub::Done&);
    Answer put_alone(Arrival&);
    Answer put(Arrival&);
    Answer put_new(Arrival&, std::size_t known);
    Answer answer_known(const Arrival&);

    Store& store_;
    State& state_;
    std::shared_mutex& lock_;
    const journal::PrivateKey& key_;
    Calls calls_;
    bool state_differs_ = false;  ///< from the store: a segment was taken in and rolled back
    std::atomic<bool> lost_ = false;
    std::chrono::steady_clock::time_point next_try_;
    std::chrono::milliseconds pause_ = reconnect_min;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Arrival> waiting_;
    std::deque<std::pair<Errand, Hub::Done>> errands_;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace imloop::hub
