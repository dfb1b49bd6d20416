// The way back, for platforms that take their own forms: a repair record as the archive's message, and a failed test as
// the inspection platform pushes it to repair platforms. Every value is a string, as there. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace imloop::station::archive {

/// basicInfo, repairprojectlist and vehiclepartslist, without token; times of day and money have no place in it, texts
/// are cut where the archive cuts. Nothing for records that are no finished repair.
std::optional<nlohmann::ordered_json> archive_message_of(const nlohmann::json& repair, const std::string& company_name);

/// A failed test: VLPN, StationCode, InspectionNum (acceptance number), InspectionReportNo, DetectEndTime, VIN,
/// FuelType (GA/T 16.9). Nothing for records that are no failed inspection.
std::optional<nlohmann::ordered_json> failed_test_message_of(const nlohmann::json& inspection);
/// What such a message says, as members of an inspection; `bad` time or no vehicle: nothing.
std::optional<nlohmann::json> failed_test_in(const nlohmann::json& message);

}  // namespace imloop::station::archive
