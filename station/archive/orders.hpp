// Which settlement lists the journal holds and how they stand, so that one that is sent again counts once, one that has
// changed becomes a correction and one that is taken back is voided. Everything is read from the outbox: nothing is
// kept beside it. Not thread safe.
#pragma once

#include <map>
#include <string>

#include "station/archive/repair.hpp"
#include "station/outbox.hpp"

namespace imloop::station::archive {

class Orders {
public:
    /// Reads the whole outbox once; what other processes append later is read before each take().
    Orders(Outbox&, std::string source);

    struct Taken {
        bool taken = false;     ///< durable in the outbox, by this call or before it
        bool appended = false;  ///< by this call
        std::string status;     ///< zh / en
    };
    /// `reading` that was not refused. What SQLite refuses is thrown.
    Taken take(const Reading& reading, const std::string& station_id, loop::Moment now);

private:
    struct Order {
        std::string record_id;
        std::string content;      ///< digest of what holds now; empty: voided
        std::string vehicle;      ///< plate and VIN in normal form
        bool by_archive = false;  ///< else typed or imported: richer than any message
        loop::Moment corrected_at = 0;
    };
    void catch_up();
    void note(const std::string& line);
    Taken correct(Order&, const nlohmann::ordered_json* replacement, const std::string& station_id, loop::Moment now);

    Outbox& outbox_;
    std::string source_;
    std::uint64_t read_ = 0;
    std::map<std::string, Order> orders_;           ///< by station and number
    std::map<std::string, std::string> by_record_;  ///< record_id to the key of orders_
};

}  // namespace imloop::station::archive
