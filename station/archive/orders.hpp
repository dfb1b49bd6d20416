// What becomes of a settlement list: one that is sent again counts once, one that has changed becomes a correction, one
// that is taken back is voided. What a person of the station has corrected stays as that person said. Whose record its
// number is, station/numbered.hpp says. Not thread safe.
#pragma once

#include <string>

#include "station/archive/repair.hpp"
#include "station/numbered.hpp"
#include "station/outbox.hpp"

namespace imloop::station::archive {

class Orders {
public:
    Orders(Outbox&, std::string source);

    struct Taken {
        bool taken = false;     ///< durable in the outbox, by this call or before it
        bool appended = false;  ///< by this call
        std::string status;     ///< zh / en
    };
    /// `reading` that was not refused. What SQLite refuses is thrown.
    Taken take(const ArchiveOrder& reading, const std::string& station_id, loop::Moment now);

private:
    Taken withdraw(const ArchiveOrder&, const std::string& station_id, loop::Moment now);
    Taken correct(const NumberedRecords::Standing&, const nlohmann::ordered_json* replacement,
                  const std::string& station_id, loop::Moment now);

    Outbox& outbox_;
    std::string source_;
    NumberedRecords records_;
};

}  // namespace imloop::station::archive
