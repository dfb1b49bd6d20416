// Sends what the outbox holds until the hub has acknowledged all of it. What to do after an answer is decided by pure
// functions; Uploader only carries it out.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "station/http_client.hpp"
#include "station/outbox.hpp"

namespace imloop::station {

/// After an answer, or none.
struct Decision {
    enum class Kind {
        done,        ///< what was sent is acknowledged
        wait,        ///< later: the network, or the hub is busy
        send_again,  ///< the hub stands at `from`
        new_epoch,   ///< the hub has other lines in this place: the outbox is an older copy of itself
        stop,        ///< nothing will help but a person
    } kind = Kind::wait;
    std::uint64_t from = 0;
    std::chrono::milliseconds at_least{0};  ///< Retry-After
    std::string why;                        ///< for the operator
};

/// `sent_first`: the number the segment began with.
Decision decide(const journal::Result<Response>&, std::uint64_t sent_first);

struct Backoff {
    std::chrono::milliseconds base{1000};
    std::chrono::milliseconds most{300'000};
    /// Doubles with every failure in a row, of which a random half is taken off; `random` in [0, 1).
    std::chrono::milliseconds after(unsigned failures, double random) const;
};

class Uploader {
public:
    struct Shell {
        std::function<journal::Result<Response>(const std::string& method, const std::string& target,
                                                const std::map<std::string, std::string>& headers, std::string body)>
            request;
        /// False: stop now. `why`: what is waited for; empty between two segments.
        std::function<bool(std::chrono::milliseconds, const std::string& why)> sleep;
        std::function<double()> random;
        std::function<void(const std::string&)> say;
    };
    Uploader(Outbox&, journal::PrivateKey key, journal::PublicKey hub_key, Shell, Backoff = {});

    enum class End { empty, interrupted, stopped };
    /// Until the outbox is empty, sleep() says stop, or the hub refuses for good (then Outbox::stopped() tells why).
    End run();
    /// Asks the hub how far it holds this journal. What it has lost since it acknowledged it, as one that was put back
    /// from a backup, is sent again by the next run(). Where it holds more than there is here, this outbox was put back
    /// itself and begins a new epoch. Where the hub lets this station in no more, Outbox::stopped() tells.
    void look_back();

private:
    Decision send_trace(const Trace&);
    Decision send_cut(const Cut&);
    void begin_epoch();

    Outbox& outbox_;
    journal::PrivateKey key_;
    journal::PublicKey hub_key_;
    Shell shell_;
    Backoff backoff_;
};

}  // namespace imloop::station
