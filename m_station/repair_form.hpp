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
#include "station/page/html.hpp"

namespace imloop::m_station {

using Fields = std::map<std::string, std::string>;
inline constexpr int form_rows_max = 60;

/// A missing or wrong field, by name, in the order of the form.
struct FieldProblem {
    std::string field;
    std::string text;
};

struct Repair {
    nlohmann::json record;  ///< without record_id, station_id and occurred_at
    std::vector<FieldProblem> problems;
};

/// `order` as the hub's work orders have it (an object with at least `vehicle`). `outcome` is among the fields:
/// repaired, not_repairable, owner_refused. Rows are `kind_N` (item, part), `code_N`, `quantity_N` (hours of an item),
/// `price_N` (of an item its fee, of a part one piece), `origin_N`, `serial_N`; readings after repair are `after_N`,
/// counted over the failed ones.
/// `required`: members of a finished repair that the policy asks for beyond the contract, of required_members().
Repair repair_of(const nlohmann::json& order, const Fields&, loop::Moment settled_at, const std::string& work_order_no,
                 const station::page::Words&, const std::vector<std::string>& required = {});

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

/// Drafts, one file an episode, replaced whole. A name that is no record id has none.
class Drafts {
public:
    explicit Drafts(std::filesystem::path folder) : folder_(std::move(folder)) {}
    void save(const std::string& episode, const Fields&) const;
    Fields load(const std::string& episode) const;
    void drop(const std::string& episode) const;

private:
    std::optional<std::filesystem::path> file(const std::string& episode) const;
    std::filesystem::path folder_;
};

}  // namespace imloop::m_station
