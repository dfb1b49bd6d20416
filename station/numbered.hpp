// The records of an outbox that go by a number of the station's, and how each counts now: a repair by its work order, a
// test by its report. A number is one record's only together with station and vehicle (docs/contract.md, "Ids of
// records that come from files"), so the same number for another vehicle is another record, and the same number and
// vehicle the same record, by whichever door it comes and however precise its times are; also where its vehicle was
// corrected since. One look-up for all doors: page, import, archive, folder. Everything is read from the outbox. Not
// thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "loop/time.hpp"
#include "station/outbox.hpp"

namespace imloop::station {

/// What a record calls its vehicle, in normal form; what is no VIN and no plate (placeholders) is left out.
struct VehicleName {
    std::string vin, plate;
};
/// Of a record's `vehicle`.
VehicleName name_of(const nlohmann::json& vehicle);
/// The same VIN, or the same plate without two proven VINs that differ.
bool same_vehicle(const VehicleName&, const VehicleName&);

/// Whether two records say the same: of one whose times are days alone, any time of these days is the same, and a time
/// at the beginning of a minute or day says no more than that. Not looked at are the id, and what an archive's record
/// says of its message.
bool same_content(nlohmann::json a, nlohmann::json b);

/// As id of a record read from a file, the same every time: UUIDv7 of `occurred_at` and SHA-256 of station, kind,
/// number and start; `beside_another`: and of VIN or plate, where that id is another vehicle's already.
/// `record`: with schema, station_id, occurred_at, and its number and start (received_at, started_at).
std::string numbered_id(const nlohmann::json& record, bool beside_another = false);

class NumberedRecords {
public:
    /// Reads the whole outbox once; what was appended since is read before each answer.
    explicit NumberedRecords(Outbox&);

    enum class Fate {
        fresh,    ///< there is none: it may be appended under `record_id`
        there,    ///< saved before, with the same content
        changed,  ///< saved before with other content, or void since: a correction of `record_id` is to be offered
    };
    struct Standing {
        Fate fate = Fate::fresh;
        std::string record_id;               ///< of the record that is there; where fresh, numbered_id()
        nlohmann::json now;                  ///< as it counts; null where fresh or void
        loop::Moment last_corrected_at = 0;  ///< a further correction counts only after it
        std::string because;                 ///< the reason of the correction that counts; empty where none does
    };
    /// Of a repair or an inspection; of other kinds and without a number always fresh, with its own id.
    Standing standing(const nlohmann::json& record);

    /// Whether a record of the outbox once counted with this content: as it was first saved, or by a correction of it.
    bool was_so(const std::string& record_id, const nlohmann::json& content);

    /// Those of one number, `now` null where void; of these the vehicle's alone, where it is named.
    std::vector<Standing> of_number(const std::string& station_id, std::string_view kind, const std::string& number,
                                    const VehicleName&);

private:
    struct Known {
        std::string record_id;
        std::uint64_t seq = 0;             ///< of the line that counts
        std::vector<std::uint64_t> lines;  ///< its own and those of its corrections
        bool is_void = false;
        VehicleName vehicle;
        std::vector<VehicleName> said_before;  ///< of those of its lines that don't count now
        loop::Moment corrected_at = 0;
        std::string corrected_by;  ///< of corrections of one moment the one with the greatest id counts
        std::string because;
    };
    void catch_up();
    void note(const nlohmann::json& record, std::uint64_t seq);
    /// Of a line, its own or a correction's; null where that voids it.
    nlohmann::json words_of(std::uint64_t seq);
    Standing standing_of(const Known&, Fate);
    /// Those of a number whose vehicle it is; where there is none, those whose vehicle it was before a correction.
    std::vector<const Known*> of_vehicle(const std::string& key, const VehicleName&);

    Outbox& outbox_;
    std::uint64_t read_ = 0;
    std::map<std::string, std::vector<Known>> by_number_;  ///< by station, kind and number
    std::map<std::string, std::string> by_record_;         ///< record_id to its key in by_number_
};

}  // namespace imloop::station
