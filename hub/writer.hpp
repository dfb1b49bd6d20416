// The one writer: takes judged segments in batches, one transaction a batch (group commit), one savepoint a segment,
// and answers after the commit. What a segment or an errand throws is answered 500 and leaves the others as they are,
// so do rows that the store can't hold; what others keep locked for long is answered 503. A store that refuses a write
// ends the process; where the connection to it or the right to write is lost, all are refused (503) until both are
// there again and memory is as the store.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "hub/answers.hpp"
#include "hub/limits.hpp"
#include "hub/loop/loop_state.hpp"
#include "hub/quota.hpp"
#include "hub/store/store.hpp"
#include "hub/store/stored_rows.hpp"
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
    std::string caller_kid;          ///< of the certificate it came with; empty: none
    std::string receipt;             ///< the one that comes back with an import; empty: to be made
    bool is_handed_over = false;     ///< by another hub, which keeps it until it is answered
    std::optional<Waiting> waiting;  ///< of one that came over the network
    Done done;
};

/// Answers 503.
void refuse(Arrival);

class Writer {
public:
    /// They come on the writer's thread.
    struct Calls {
        std::function<void()> committed = [] {};  ///< after each commit that changed the loop's rows
        std::function<void(const std::function<void()>&)> without_readers = [](const auto& work) { work(); };
        /// The term in which this hub may write to the store, 0 where it may not; look() where that changes.
        std::function<std::int64_t()> term = [] { return std::int64_t{1}; };
        /// From here on it writes again, in this term.
        std::function<void(std::int64_t)> writes = [](std::int64_t) {};
        std::function<void()> lost = [] {};             ///< the connection to the store, or the right to write
        std::function<void()> reconnected = [] {};      ///< to the store, which others may have written to meanwhile
        std::function<void()> stuck = [] {};            ///< that fails again and again
        std::function<void(Arrival)> refused = refuse;  ///< what was not written then
        std::function<std::uint64_t()> notes_read = [] { return std::uint64_t{0}; };  ///< by all that follow
    };
    using Errand = std::function<Answer(Store&, LoopState&)>;

    /// `store`, `rows` and `loop` are the writer's thread's alone; `term`: that in which they are as the store has it.
    Writer(Store& store, StoredRows& rows, LoopState& loop, const journal::PrivateKey& key, Calls,
           std::int64_t term = 1);
    ~Writer();  ///< stops
    /// Commits what waits. Nothing may be offered afterwards.
    void stop();
    void look();

    /// How much may wait is for those to bound who offer.
    void offer(Arrival);
    /// Runs between two batches in a transaction of its own, for what is not a segment, and gives its answer. What it
    /// throws undoes it.
    void run(Errand, Done);
    /// Likewise, in one transaction with the notes beside it: it may run more than once before it is answered.
    void note(Errand, Done);
    /// Likewise, and waits for it; not from the writer's thread.
    Answer done(Errand);
    /// Whether it does not write: the connection to the store or the right to write is lost.
    bool lost() const { return lost_; }
    /// Where it is another number than before, others may have written meanwhile, and the store's connection is
    /// another.
    std::uint64_t times_lost() const { return times_lost_; }

private:
    void work();
    std::deque<Arrival> next_batch();
    void commit(std::deque<Arrival>&);
    std::vector<Answer> committed(std::span<Arrival>);
    std::vector<Answer> committed_together(std::span<Arrival>);
    void settle(loop::Day today);
    void undone();
    void tidy();
    void lose(const std::exception&);
    bool reconnected();
    struct Wanted {
        Errand errand;
        Done done;
        bool is_note = false;
    };
    void wait(Wanted);
    void run(std::span<const Wanted>);
    void run_together(std::span<const Wanted>);
    Answer put_alone(Arrival&);
    Answer put(Arrival&);
    Answer put_new(Arrival&, std::size_t known);
    Answer answer_known(const Arrival&);

    Store& store_;
    StoredRows& rows_;
    LoopState& loop_;
    const journal::PrivateKey& key_;
    Calls calls_;
    bool took_lines_ = false;  ///< in the transaction that is open
    std::uint64_t dropped_ = 0;
    std::int64_t term_;
    std::atomic<bool> lost_;
    std::atomic<std::uint64_t> times_lost_ = 0;
    std::size_t take_ups_failed_ = 0;  ///< in a row
    std::chrono::steady_clock::time_point next_try_;
    std::chrono::milliseconds pause_ = reconnect_min;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Arrival> waiting_;
    std::vector<Wanted> errands_;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace imloop::hub
