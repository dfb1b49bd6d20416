// What hubs without the lease hand over to the one that has it, by a table of their database: admitted segments and
// calls, each answered when it is committed. Lost in a crash like any request before its answer: who asked is answered
// 503 and asks again.
#pragma once

#include <atomic>
#include <chrono>
#include <compare>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "hub/answers.hpp"
#include "hub/sequencer/wake.hpp"
#include "postgres/postgres.hpp"

namespace imloop::hub {

struct Asked {
    static constexpr const char *segment = "segment", *trace = "trace", *clearance = "clearance", *alarm = "alarm",
                                *look = "look", *call = "call";  ///< a whole call of the hub, reading or not
    std::string kind;
    std::string words;  ///< JSON
    std::string bytes;
};

/// What a holder tells all hubs: the loop's rows are others now; a key is, with its kid behind this.
inline constexpr std::string_view rows_changed = "rows", key_changed = "key ";

/// Thread safe.
class Inbox {
public:
    /// They come on the inbox's thread and do not wait.
    struct Calls {
        /// Of the holder: does it, and answers when it is committed.
        std::function<void(Asked, Done)> work;
        /// Where its first taker gave no answer it may be done already: whether it can be done once more all the same.
        std::function<bool(const Asked&)> is_repeatable;
        /// What a holder told all hubs; nothing: something may have been missed, as where it throws.
        std::function<void(std::string_view)> heard;
    };
    /// `place`: of a server.
    explicit Inbox(std::string place);
    ~Inbox();  ///< stops
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;

    void start(Calls);
    /// Takes and hands over no more, and nothing comes by work() any more: who waits here is answered 503. Answers that
    /// are owed go out all the same.
    void rest();
    /// And ends, with the answers that are there.
    void stop();

    /// For the holder of the lease to do; `done` is called once. Whoever may ask has its limit in front.
    void hand_over(Asked, Done);
    /// From here on what is handed over is taken, by the holder of this term; 0: is left to others.
    void serve(std::int64_t term);
    /// All hubs hear it.
    void tell(std::string what);
    bool is_cut_off() const { return is_cut_off_; }  ///< from the server, as far as is known

private:
    struct Place {
        std::string front;
        std::int64_t number = 0;
        std::int64_t term = 0;  ///< in which it was taken here
        auto operator<=>(const Place&) const = default;
    };
    struct Given {
        Place to;
        bool is_back = false;  ///< not done here: for the next holder
        Answer answer;
    };
    void work();
    void step();
    void connect();
    void cut_off();
    void give_up();
    void hear(std::string_view what);
    void send();
    void put(const std::deque<std::pair<Asked, Done>>&);
    void fetch();
    void take();
    void tidy();
    void answer();
    void put(const std::deque<Given>&);
    void put_back(const Place&);
    void gave(const Place&, bool is_repeatable, Answer);

    const std::string place_;
    Calls calls_;
    Wake wake_;
    std::atomic<bool> stop_ = false, rests_ = false, is_at_rest_ = false, is_cut_off_ = false;
    std::atomic<std::int64_t> term_ = 0;
    // The thread's.
    std::unique_ptr<postgres::Database> database_;
    std::string front_;  ///< this hub on this connection
    std::int64_t number_ = 0, served_ = 0;
    bool is_asked_ = false, is_answered_ = false, has_missed_ = false;
    std::chrono::steady_clock::time_point next_look_, next_tidy_;
    std::map<std::int64_t, Done> waiting_;
    std::map<Place, std::size_t> at_work_;  ///< taken, and no answer put yet; their bytes

    std::mutex mutex_;  // of what follows
    std::deque<std::pair<Asked, Done>> asked_;
    std::deque<Given> given_;
    std::deque<std::string> told_;
    std::thread thread_;
};

}  // namespace imloop::hub
