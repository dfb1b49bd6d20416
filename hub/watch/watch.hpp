// What suspect rules keep of the records: it follows the loop behind a cursor, by the notes that each batch leaves, on
// a thread of its own. Neither uploads nor the gate ever wait for it; who asks about flags waits until it has seen what
// was stored by then.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
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
    /// `readers` outlive it. `store`: the place of the hub's; empty: rows are kept in memory
    /// alone. `form`: of the loop's rows and of all that rules read; now, for it may change.
    struct Kept {
        std::string store;
        std::function<std::string()> form = [] { return std::string(); };
    };
    Watch(Readers& readers, loop::Policy, loop::rules::Parameters, Kept, Calls);
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
    /// What the stations' sweep has to be of: any day, today, or today with all that `look` sees.
    enum class Sweep { as_it_is, of_today, of_now };
    /// `look` sees all that was stored when it was called. Not from a thread that must not wait.
    void look(const Scope&, Sweep, const std::function<void(const View&)>& look);

    /// What the rules say of these records, made anew in these rows and swept up to today, as Suspects::dump() does.
    std::string flags_anew(Store&, LoopState&, const StoredRows& to) const;

    /// Of the last time it followed. Nobody waits for these.
    std::vector<Hold> holds(const Scope&) const;
    std::map<std::string, std::uint64_t> failures_by_rule() const;

private:
    void work();
    /// A step; gives whether there is more.
    bool follow(Reader&);
    void open(Reader&);
    void save();
    void let_go();
    bool forsakes(const loop::BadRow&);
    void look_once(const Scope&, Sweep, const std::function<void(const View&)>& look);
    void published(const loop::Projection&);

    Readers& readers_;
    const loop::Policy policy_;
    const loop::rules::Parameters parameters_;
    const Kept kept_;
    const Calls calls_;

    std::atomic<bool> stop_ = false;
    std::mutex one_;  // at work on what follows
    bool in_doubt_ = false;
    std::unique_ptr<WatchRows> rows_;
    std::unique_ptr<Watched> watched_;  // none: to begin anew
    RuleFailures failures_;

    std::atomic<std::uint64_t> notes_read_ = 0;
    mutable std::mutex mutex_;  // of what is told
    std::condition_variable wake_;
    bool is_told_ = true;
    std::vector<Hold> holds_;
    std::map<std::string, std::uint64_t> failures_by_rule_;
    std::thread thread_;
};

}  // namespace imloop::hub
