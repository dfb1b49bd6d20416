// Which of several hubs on one server is its sequencer: the one that holds the lease, a row with a term and an expiry
// by the server's clock. It is renewed while it is held; whoever finds it run out takes it, with the next term. That
// two believe to hold it does no harm: guard() has the server judge every COMMIT.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/engine.hpp"

namespace imloop::hub {

/// The row, each statement a transaction of its own.
class LeaseRow {
public:
    /// Makes the tables of several hubs where they are missing.
    explicit LeaseRow(const std::string& place);
    /// The new term, where it had run out or was released.
    std::optional<std::int64_t> take();
    /// False where it has run out, or is of another term.
    bool renew(std::int64_t term);
    /// Nothing where it is of another term.
    void release(std::int64_t term);

private:
    std::unique_ptr<engine::Connection> database_;
};

/// From here on each COMMIT on this connection is of that term, or LeaseLost; a holder that was stopped in the midst of
/// a transaction keeps nothing locked for longer than a lease, and what others keep locked for long is Busy. `lost` is
/// called before it is thrown.
void guard(
    engine::Connection&, std::int64_t term, const std::function<void()>& lost = [] {});

/// Thread safe.
class Lease {
public:
    /// Takes it where it is free, and keeps it, or tries again, on a thread of its own. `place`: of a server.
    explicit Lease(std::string place);
    ~Lease();  ///< stops
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    /// Called from here on when it is won or lost, on the keeper's thread.
    void tell(std::function<void()> changed);
    std::int64_t term() const { return term_; }  ///< 0: another hub holds it, or none
    /// Whether it is held, now or within this time.
    bool is_won(std::chrono::milliseconds within);
    /// Each COMMIT on this connection is of the term that is held now; where none is, LeaseLost.
    void guard(engine::Connection&);
    /// Others may have it for a while: it can't be made use of here.
    void pass_on() { passes_on_ = true; }
    /// Keeps it no more: others may have it at once.
    void stop();

private:
    void keep();
    void look();

    const std::string place_;
    std::unique_ptr<LeaseRow> row_;  ///< none: the connection is lost
    std::atomic<std::int64_t> term_ = 0;
    std::atomic<bool> passes_on_ = false;
    std::chrono::steady_clock::time_point takes_from_;  ///< not before
    std::mutex mutex_;
    std::condition_variable wake_;
    std::function<void()> changed_ = [] {};
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace imloop::hub
