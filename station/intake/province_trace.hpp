// The `<process_data>` rows of a provincial platform's XML as the CSV of a trace. Pure.
#pragma once

#include <string>

#include "station/intake/province.hpp"

namespace imloop::station::intake {

/// Header and one row a second, `time_s` from the first row's time_no; only columns that some row has. `state` is in
/// the contract's words where the code is known, `state_code` as the file has it. Empty where there are no rows;
/// refused as `bad_trace` where a value is no number, the order is broken or the contract's limits are passed.
boost::system::result<std::string, Refusal> province_trace(const XmlNode& result);

}  // namespace imloop::station::intake
