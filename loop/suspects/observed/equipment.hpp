// What rule R11 reads of a station's records, and of all tests and calibrations of one instrument there. The records
// come in the order (occurred_at, record_id); parameters are R11's.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "loop/rules/rule.hpp"

namespace imloop::loop::rules::equipment {

/// The station of a test or calibration, or the one a supervision checked; empty of other records.
std::string_view station_of(const Record&);
/// The analyser of a test or the instrument of a calibration, normalised; empty where there is none.
std::string instrument_of(const Record&);

/// Tests after a failed calibration or long after the last; calibrations without any deviation.
void check_calibrations(std::span<const Record> of_instrument_at_station, const Context&, Flags&);

}  // namespace imloop::loop::rules::equipment
