// What the projection needs of an accepted record: the members that identity, episodes and measures read, normalised.
// A Fact is derived from the record's JSON alone (loop/record), so it can always be computed again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loop/time.hpp"

namespace imloop::loop {

enum class Kind {
    inspection,
    repair,
    vehicle_event,
    penalty,
    supervision,
    calibration,
    price_list,
    claim,
    override_,
    decision,
    registration,
    credential,
    policy,
    correction,
    case_,
};
std::string_view name_of(Kind);
std::optional<Kind> kind_named(std::string_view);

/// The vehicle as a record has it. `vin` and `plate` are normalised (loop/vehicle/vin.hpp, plate.hpp); empty: not
/// given, or a placeholder (loop/vehicle/words.hpp).
struct VehicleWords {
    std::string vin;
    std::string plate;
    std::string plate_kind;
    std::string engine_no;  ///< NFKC, upper case, letters and digits only
    std::string model;      ///< likewise
    std::string registered_county;
};

enum class Reason { periodic, initial, retest, roadside, spot_check, comparison };
enum class Verdict { pass, fail, aborted };
enum class RepairOutcome { repaired, not_repairable, owner_refused, scrapped };
enum class Event { registered, replated, scrapped, transferred_out, transferred_in, exempted };

struct InspectionFact {
    std::string report_no;
    std::string acceptance_no;
    Reason reason{};
    Verdict verdict{};
    std::string method;
    Moment started_at = 0;
    std::vector<std::string> failed_items;
};

struct RepairFact {
    std::string work_order_no;
    std::string fail_report_no;
    RepairOutcome outcome{};
    Moment settled_at = 0;
};

struct EventFact {
    Event event{};
    std::string new_plate;  ///< normalised
};

/// `about` is the record, episode, flag, station or case id that the decision names.
struct DecisionFact {
    std::string about_kind;  ///< record_id, flag_id, episode_id, station_id, case_id
    std::string about;
    std::string action;
    std::string other_record_id;
    std::optional<Day> until;
};

struct Fact {
    std::string record_id;
    std::string station_id;
    Kind kind{};
    Moment occurred_at = 0;
    bool day_only = false;
    std::optional<VehicleWords> vehicle;
    // Exactly the one of the kind is set; none for kinds the projection does not read.
    std::optional<InspectionFact> inspection;
    std::optional<RepairFact> repair;
    std::optional<EventFact> event;
    std::optional<DecisionFact> decision;
    /// What suspect rules read beyond this (loop/record/detail.hpp), packed; empty for kinds no rule reads.
    std::string detail;
};

}  // namespace imloop::loop
