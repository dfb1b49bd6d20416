// What ResultOfOBD of an NHA folder says of a vehicle's on-board diagnosis. Judgements there are 1 right, 2 wrong, 0 or
// empty not known. Pure.
#pragma once

#include <optional>
#include <string>

#include "station/intake/nha/records.hpp"
#include "station/intake/outcome/fields.hpp"

namespace imloop::station::intake {

/// The record's `obd` member; nothing where a value is no number, which is at `bad`.
std::optional<Json> nha_obd(const Ini& log, const Ini& obd, IniMember& bad, std::vector<NoValue>& none);

/// The equipment judged the check as failed.
bool nha_obd_failed(const Ini& obd);

}  // namespace imloop::station::intake
