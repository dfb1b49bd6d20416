// The repair form: what is typed, as a draft on disk, and the record it becomes. The record is a pure function of
// order, fields and times.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "loop/time.hpp"
#include "station/page/told.hpp"

namespace imloop::m_station {

using Fields = std::map<std::string, std::string>;
inline constexpr int form_rows_max = 60;

using station::page::FieldProblem;
using station::page::FieldProblems;

struct Repair {
    nlohmann::json record;   ///< without record_id, station_id and occurred_at
    FieldProblems problems;  ///< in the order of the form
};

/// `order` as the hub's work orders have it (an object with at least `vehicle`). `outcome` is among the fields:
/// repaired, not_repairable, owner_refused. Rows are `kind_N` (item, part), `code_N`, `quantity_N` (hours of an item),
/// `price_N` (of an item its fee, of a part one piece), `origin_N`, `serial_N`; readings after repair are `after_N`,
/// counted over the failed ones.
/// `required`: members of a finished repair that the policy asks for beyond its schema, of required_members().
Repair repair_of(const nlohmann::json& order, const Fields&, loop::Moment settled_at, const std::string& work_order_no,
                 const station::page::Language&, const std::vector<std::string>& required = {});

/// What a policy may ask for of a finished repair (`repair_required_members`), as the form knows it: mileage_km,
/// technician_id, inspector_id, certificate_no, fault_description, quoted_fee, warranty, readings_after,
/// parts/serial_no, attachments. Others are the policy's business with other programs.
bool is_required(const std::vector<std::string>& required, std::string_view member);

/// Upper limit, for power the lower one, and `limit_low`; equal passes, without limits everything does.
bool meets_limits(const nlohmann::json& reading, double value);

inline constexpr double price_gap_max = 0.2;  ///< of the posted price; beyond it the difference is said
/// By how many percent more (less: negative) is charged than was posted; nothing within price_gap_max, or where nothing
/// is posted.
std::optional<int> price_gap_pct(double charged, double posted);

/// Readings of the failed test that failed, in their order.
std::vector<nlohmann::json> failed_readings(const nlohmann::json& order);

/// What is typed for one vehicle, with the order it is about: one that has left the lists, or never stood on one, is
/// shown from here.
struct Draft {
    std::uint64_t version = 0;  ///< counts what was saved; 0: nothing yet
    std::string writer;         ///< the form that saved last
    nlohmann::json order;       ///< null: not kept
    Fields fields;
};

/// Drafts, one file a vehicle, replaced whole; a name is the episode's id, or draft_id().
class Drafts {
public:
    explicit Drafts(std::filesystem::path folder) : folder_(std::move(folder)) {}
    /// An empty one where there is none.
    Draft load(const std::string& id) const;
    /// `seen`: the version that the form `draft.writer` was made from. False, and nothing is written, where another
    /// form has saved since. Throws std::invalid_argument for a name that is no id, and what replace_file() throws.
    bool save(const std::string& id, Draft draft, std::uint64_t seen) const;
    void drop(const std::string& id) const;
    /// Ids of those there are, ascending.
    std::vector<std::string> all() const;

private:
    std::optional<std::filesystem::path> file(const std::string& id) const;
    std::filesystem::path folder_;
};
/// Of a vehicle that is on no list: the same for the same plate, or VIN, however it is written; says neither.
std::string draft_id(const nlohmann::json& vehicle);

}  // namespace imloop::m_station
