// The one writer: takes judged segments in batches, one transaction a batch (group commit), and answers after the
// commit.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "hub/hub.hpp"
#include "hub/projection/state.hpp"
#include "hub/store/store.hpp"
#include "journal/segment.hpp"

namespace imloop::hub {

/// The exit code of a program whose store refused a write.
inline constexpr int store_refused_exit = 3;

/// A segment whose frame, key and seal are right and whose lines are admitted. `bytes` owns what `segment` points into.
struct Arrival {
    std::shared_ptr<const std::string> bytes;
    journal::Segment segment;
    std::vector<journal::Digest> digests;
    std::vector<loop::Admitted> admitted;
    loop::Moment received_at = 0;
    std::string receipt;  ///< the one that comes back with an import; empty: to be made
    Hub::Done done;
};

class Writer {
public:
    /// `state` is written under `lock`; `store` is used by the writer's thread alone, except under `lock` held shared.
    /// `settled` is called after each commit, under the lock held alone.
    Writer(Store& store, State& state, std::shared_mutex& lock, const journal::PrivateKey& key,
           std::function<void()> settled);
    ~Writer();  ///< commits what waits

    /// False where too much waits: the caller answers 503.
    bool offer(Arrival);
    /// Runs in the writer's transaction order, for what is not a segment.
    void run(std::function<void(Store&, State&)>);

private:
    void work();
    void commit(std::deque<Arrival>&);
    Answer put(Arrival&);
    Answer put_new(Arrival&, std::size_t known);
    Answer answer_known(const Arrival&);

    Store& store_;
    State& state_;
    std::shared_mutex& lock_;
    const journal::PrivateKey& key_;
    std::function<void()> settled_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Arrival> waiting_;
    std::deque<std::function<void(Store&, State&)>> errands_;
    std::size_t waiting_bytes_ = 0;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace imloop::hub
