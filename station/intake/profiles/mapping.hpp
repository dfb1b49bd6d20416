// Any table of tests (CSV or XLSX) through a mapping file: which column is which member of an inspection record, with
// units, codes, constants and forms of time (rules.hpp). Rows of one number are one test where the mapping says so.
// What is wrong is named by line, column and value. Pure: the lines come of the table, the mapping and the settings
// alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "journal/error.hpp"
#include "station/intake/formats/table.hpp"
#include "station/intake/profiles/apply_rules.hpp"

namespace imloop::station::intake {

struct Mapping {
    Rules rules;
    std::string group_by;        ///< column; empty: each row is a test
    std::size_t header_row = 0;  ///< as the file numbers it; 0: the first
};

/// JSON, or TOML with the same members. Errors: bad_mapping, naming the place in it.
journal::Result<Mapping> mapping_from(std::string_view text, bool is_toml);

struct MappedTest {
    std::vector<std::size_t> lines;     ///< of the table
    std::string report_no;              ///< empty: not known
    std::string record_id, line;        ///< empty where refused
    std::vector<RuleProblem> problems;  ///< not empty: refused; also those of admission
    std::vector<RuleProblem> notes;     ///< taken, but look at this
};

struct MappedTable {
    std::vector<std::string> unused;  ///< columns no rule reads
    std::vector<MappedTest> tests;    ///< as they begin in the file
};

/// `now` only serves admission's rule on records of the future. Errors: no_header; unknown_column (the mapping names
/// one that the table has not, or has twice).
journal::Result<MappedTable> read_mapped(const Table&, const Mapping&, const Settings&, loop::Moment now);

/// A first mapping for this table by the names in schemas/tables/test_columns.json, as JSON that mapping_from takes;
/// what a person has to decide is said in its `to_do`. Errors: no_header.
journal::Result<std::string> draft_mapping(const Table&);

}  // namespace imloop::station::intake
