// What rule R11 reads of all records of one station, and of all tests and calibrations of one instrument. The records
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

/// Tests while an authority's suspension or revocation held.
void check_suspension(std::span<const Record> of_station, const Context&, Flags&);
/// An analyser seen a time or two among a station's own.
void check_strangers(std::span<const Record> of_station, const Context&, Flags&);
/// An analyser that comes and goes on one line and was never calibrated there, beside one that is.
void check_uncalibrated(std::span<const Record> of_station, const Context&, Flags&);
/// A program beside the lines' own ones that comes and goes, over all lines together.
void check_software(std::span<const Record> of_station, const Context&, Flags&);
/// An instrument of one station in use at another on the same day.
void check_two_stations(std::span<const Record> of_instrument, const Context&, Flags&);
/// Tests after a failed calibration or long after the last; calibrations without any deviation.
void check_calibrations(std::span<const Record> of_instrument, const Context&, Flags&);

}  // namespace imloop::loop::rules::equipment
