// Uploading in the background of a station's service: the uploader on a thread of its own, and what a page says of it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "loop/time.hpp"
#include "station/clocks.hpp"
#include "station/config.hpp"
#include "station/uploader.hpp"

namespace imloop::station {

struct UploadState {
    enum class Kind {
        idle,     ///< all is acknowledged
        sending,  ///< on its way
        waiting,  ///< the hub was not reached or is busy; tried again by itself
        stopped,  ///< nothing will help but a person
    } kind = Kind::idle;
    std::string why;                             ///< of waiting and stopped
    std::optional<loop::Moment> next_attempt;    ///< of waiting
    std::optional<loop::Moment> last_answer;     ///< when the hub last answered
    std::optional<loop::Moment> clock_ahead_ms;  ///< of this PC's clock before the hub's, by its last answer
};

/// Thread safe. Holds the upload lock and renews the certificate when that is due.
class Uploading {
public:
    /// Throws std::runtime_error where another process uploads, or a key can't be read.
    explicit Uploading(Config);
    ~Uploading();  ///< ends after the request that is under way
    UploadState state() const;
    /// False where the thread has been at one thing for so long that it must hang. Waiting for the hub is healthy.
    bool healthy() const;
    /// Something was appended, or the operator wants a try now; clears a stop.
    void try_now();
    void appended();
    /// Runs `errand` on the uploading thread, between two requests: it alone may seal. Waits until it is done and
    /// throws what it throws.
    using Errand = std::function<void(Outbox&, const journal::PrivateKey&)>;
    void with_outbox(Errand errand);

private:
    void work();
    void at_work(bool);
    bool pause(std::chrono::milliseconds, const std::string& why);
    void renew_if_due(loop::Moment hub_now);
    void look_at_hub_if_due(Uploader&);
    void run_errands(std::unique_lock<std::mutex>&);

    Config config_;
    UploadLock lock_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    UploadState state_;
    std::deque<std::packaged_task<void()>> errands_;
    Outbox outbox_;
    bool ending_ = false, poked_ = false, retry_ = false;
    std::optional<std::chrono::steady_clock::time_point> at_work_since_;  ///< of the last step; none while it waits
    loop::Moment hub_looked_ = never;
    std::optional<loop::Moment> hub_said_;  ///< what time it is, in its last answer; the uploading thread's alone
    std::thread thread_;
};

/// The keys an uploader works with, of the configuration. Throws std::runtime_error.
journal::PrivateKey station_key(const Config&);
journal::PublicKey hub_key(const Config&);

}  // namespace imloop::station
