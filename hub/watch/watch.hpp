// What suspect rules keep of the records: it follows the loop behind a cursor, by the notes that each batch leaves, on
// a thread of its own, and sweeps by itself. Neither uploads nor the gate ever wait for it. Who asks about flags waits
// until it has seen what was stored by then, and reads a snapshot of its own: no question holds it up, or another.
#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "hub/readers.hpp"
#include "hub/watch/rule_failures.hpp"
#include "hub/watch/watch_rows.hpp"
#include "hub/watch/watched.hpp"

namespace imloop::hub {

/// What became of a record that waits for an officer, or waited.
struct Hold {
    std::string record_id, station, report_no;
    loop::rules::Decision latest;  ///< hold, release, refer or refuse
    loop::Moment since = 0, until = 0;
    /// waiting, lapsed, released, referred, refused
    std::string state(loop::Moment now) const;
};

class Watch {
public:
    struct Calls {
        std::function<loop::Moment()> now;
        Watched::Keep keep;
        /// Strong flags that are new, with what they are said of.
        std::function<void(const std::vector<std::string>& flag_ids, const loop::rules::Suspects&,
                           const loop::Projection&)>
            strong;
    };
    /// `store`: the place of the hub's. `form`: of the loop's rows and of all that rules read; now, for it may change.
    struct Kept {
        std::string store;
        Store::Guard guard = [](engine::Connection&) {};
        /// Whether this hub keeps the rows; where not, another does, and whoever asks is told LeaseLost.
        std::function<bool()> is_here = [] { return true; };
        std::function<std::string()> form;
    };
    /// `readers` outlive it. It begins anew when the policy's rules in force become others.
    Watch(Readers& readers, Kept, Calls);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// Begins to follow.
    void start();
    /// Follows no more; may be told all the same.
    void stop();
    /// Something was committed.
    void told();
    /// Begins anew: the loop's rows are others now.
    void begin_anew();
    /// Notes up to this number are read.
    std::uint64_t notes_read() const { return notes_read_; }

    struct View {
        Readers::Lent& reader;  ///< of the moment up to which records are watched, or a later one; may be taken along
        const loop::rules::Suspects& suspects;
        std::int64_t watched_to = 0;  ///< the position of the last segment that is watched
        bool is_all = true;           ///< of what the reader has
    };
    /// What large keys and stations show is seen by sweeps: whichever was the last, one of today, or one of all that is
    /// watched now. Who needs none waits for none that has not begun.
    enum class Sweep { as_it_is, of_today, of_now };
    /// `look` sees all that was stored when it was called. Not from a thread that must not wait.
    void look(const Scope&, Sweep, const std::function<void(const View&)>& look);

    /// Tables of its own with rows that are not what was written; these are begun anew.
    std::vector<std::string> damaged();
    /// What rules with these parameters say of these records, made anew in these rows and swept up to today.
    void made_anew(Store&, LoopState&, const StoredRows& to, const std::string& rules,
                   const std::function<void(const loop::rules::Suspects&)>& look) const;

    /// Of the last time it followed. Nobody waits for these.
    std::vector<Hold> holds(const Scope&) const;
    std::map<std::string, std::uint64_t> failures_by_rule() const;

private:
    /// What the thread was asked for since its last round.
    struct Asked {
        std::uint64_t number = 0;                                ///< of the last question
        std::optional<Sweep> sweep{};                            ///< none: nobody asked
        bool let_go = false, forsake = false, in_doubt = false;  ///< of the rows that are there
    };
    /// Both of one moment, where there was time for that.
    struct Seen {
        Readers::Lent reader;
        std::unique_ptr<WatchReader> watch;
    };

    void work();
    Seen round(const Asked&);
    /// A step; gives whether there is more.
    bool follow(Reader&);
    void open(Reader&);
    void save();
    void let_go();
    bool forsakes(const loop::BadRow&);
    /// Gives whether it came to its end: its moment is not to grow old.
    bool sweep(Reader&, std::optional<Sweep> asked_for);
    std::string rules_of(const LoopState&) const;
    void published(const loop::Projection&);
    void ask(Asked);
    Seen answer(const Scope&, Sweep);

    Readers& readers_;
    const Kept kept_;
    const Calls calls_;

    std::atomic<bool> stop_ = false;
    // The thread's.
    bool in_doubt_ = false;
    bool forsaken_ = false;  // its rows, in this round
    std::unique_ptr<WatchRows> rows_;
    std::unique_ptr<Watched> watched_;  // none: to begin anew
    std::int64_t swept_at_ = 0;         // the position that the last sweep saw
    std::size_t cuts_ = 0;              // of sweeps, since one came to its end
    RuleFailures failures_;

    std::atomic<bool> is_moment_old_ = false;  ///< something was committed since
    std::atomic<std::uint64_t> notes_read_ = 0;
    mutable std::mutex mutex_;  // of what is told and asked
    std::condition_variable wake_, answered_;
    bool is_told_ = true;
    Asked asked_;
    std::uint64_t answered_to_ = 0;  // questions up to this number
    std::exception_ptr fault_;       // of the round that answered them
    Seen seen_;                      // by that round, for one of them
    std::vector<Hold> holds_;
    std::map<std::string, std::uint64_t> failures_by_rule_;
    std::thread thread_;
};

}  // namespace imloop::hub
