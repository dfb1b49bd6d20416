// What reading an equipment folder gives: records that can be submitted, and what was left, each with its reason.
// Reason codes (stable): not_a_test (settings and limits, no test), unreadable (no known encoding, or no such section),
// another_test (its vehicle, report or times are not those of the test in work), stale (of an earlier day),
// no_report_number, not_finished, blank_run (nothing but zeros), no_result (process data without a result), no_test (an
// OBD check without its test), bad_value. Of XML files also: malformed_xml, too_large, vehicle_unnamed, unknown_method,
// unknown_check_type, invalid_test (void by the equipment's own word), no_values (nothing measured), contradiction,
// repeated (a second OBD check of one test), bad_trace (the record is taken without its process data). Of messages read
// through a profile also: malformed_json, unknown_format (no profile knows it), not_ours (a kind of test or method that
// the platform has and docs/contract.md has not), rows_differ, left_out (the record is taken without that member).
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "journal/error.hpp"
#include "station/intake/outcome/fields.hpp"

namespace imloop::station::intake {

/// What the files lack and the station's configuration has.
struct Settings {
    std::string station_id, line_id, inspector_id;
    std::string time_offset = "+08:00";
    std::filesystem::path profiles = {};  ///< a folder of further profiles of platforms; empty: none
    std::stop_token stop = {};            ///< ends reading before the next file; what was read then is not whole
};

struct Taken {
    std::string record_id;
    std::string line;       ///< the record, of the files and settings alone
    std::string trace_csv;  ///< empty: none
    std::string trace_sha256;
    std::vector<std::string> files;
};

struct Left {
    std::string file;
    std::string code;
    std::string zh, en;
    std::size_t line = 0;    ///< of the file, from 1; 0 where it is not known
    std::string place = {};  ///< JSON pointer; empty: the whole file
};

struct Intake {
    std::vector<Taken> taken;
    std::vector<Left> left;  ///< by file name
};

/// Names process data in the record; nothing where `csv` is empty.
void put_trace(Json& record, const std::string& csv);
/// A record that names its process data, as it is handed on.
Taken taken_of(const Json& record, std::string trace_csv, std::vector<std::string> files);

Left no_value(const std::string& file, std::size_t line, const std::string& place, const std::string& written);
Left damaged(const std::string& file, std::size_t line, const std::string& place);
/// `first`: the line of the value that counts.
Left repeated_member(const std::string& file, std::size_t line, const std::string& place, std::size_t first);

/// Takes a colour off the plate; names a VIN or plate that is kept as written though it is none, or may be none.
std::vector<Left> judge_names(Json& record, const std::string& file);

/// The record was taken all the same.
bool is_note(std::string_view code);
/// A file that says of itself that it is none of ours to count, or that is about something else: nothing is wrong.
bool is_passed_over(std::string_view code);
/// Something has to be mended. Of a line's INI files most are of no test, or not yet: only what can't be read right is.
bool is_fault(const std::string& file, std::string_view code);

}  // namespace imloop::station::intake
