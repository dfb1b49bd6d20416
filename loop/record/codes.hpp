// The codes of records' members, in the order of their enums.
#pragma once

#include <array>
#include <string_view>

namespace imloop::loop {

inline constexpr std::array<std::string_view, 15> kind_codes = {
    "inspection", "repair",   "vehicle_event", "penalty",    "supervision", "calibration", "price_list", "claim",
    "override",   "decision", "registration",  "credential", "policy",      "correction",  "case"};
inline constexpr std::array<std::string_view, 6> reason_codes = {"periodic", "initial",    "retest",
                                                                 "roadside", "spot_check", "comparison"};
inline constexpr std::array<std::string_view, 3> verdict_codes = {"pass", "fail", "aborted"};
inline constexpr std::array<std::string_view, 4> repair_outcome_codes = {"repaired", "not_repairable", "owner_refused",
                                                                         "scrapped"};
inline constexpr std::array<std::string_view, 6> event_codes = {"registered",      "replated",       "scrapped",
                                                                "transferred_out", "transferred_in", "exempted"};
inline constexpr std::array<std::string_view, 4> station_status_codes = {"filed", "suspended", "revoked", "closed"};

}  // namespace imloop::loop
