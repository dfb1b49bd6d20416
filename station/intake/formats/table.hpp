// A table of text out of a file: CSV or XLSX, told apart by its first bytes. Pure and thread safe; every size that a
// file could blow up is bounded by table_limits.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "journal/error.hpp"
#include "loop/tables.hpp"
#include "loop/time.hpp"

namespace imloop::station::intake {

inline constexpr struct TableLimits {
    std::size_t bytes = 32U << 20;  ///< of the file
    std::size_t rows = 50'000;      ///< with text in them
    std::size_t columns = 256;
    std::size_t cells = 2'000'000;
    std::size_t cell_bytes = 128U << 10;  ///< Excel takes 32,767 characters
    std::size_t text_bytes = 128U << 20;  ///< of all cells
    std::uint64_t unpacked = 64U << 20;   ///< of one part of an XLSX file
    std::uint64_t zip_ratio = 200;        ///< unpacked : packed, of parts above 1 MiB
    std::uint64_t zip_parts = 10'000;
} table_limits;

struct Row {
    std::size_t number = 0;  ///< CSV: the line it begins on; XLSX: as the spreadsheet numbers it
    std::vector<std::string> cells;
    std::size_t written = 0;  ///< CSV: how many cells there are with the empty ones at the end
    bool hidden = false;      ///< XLSX: by a filter or by hand
};

/// Cells of one column that were merged over several rows; each of them has the text.
struct MergedCells {
    std::size_t column = 0;     ///< from 0
    std::size_t first_row = 0;  ///< its number
    std::size_t last_row = 0;
    bool operator==(const MergedCells&) const = default;
};

struct SheetName {
    std::string name;
    bool hidden = false;
};

/// Rows without any text are left out; a row is as long as its last cell. An error of a spreadsheet is its word
/// (`#REF!`), a formula of which no value was stored the formula itself, from `=` on.
struct Table {
    std::vector<Row> rows;
    loop::Day serial_zero = 0;             ///< the day that serial number 0 of a spreadsheet means
    bool delimited = false;                ///< CSV: a separator too many moves what stands behind it
    std::string sheet;                     ///< XLSX: its name
    std::vector<SheetName> sheets;         ///< XLSX: by their numbers from 1 on, those to be seen first
    std::set<std::size_t> hidden_columns;  ///< XLSX: from 0
    std::vector<MergedCells> merged;       ///< XLSX
};

/// `sheet`: of an XLSX file, the number in Table::sheets. Errors: too_large, long_cell, too_many_rows,
/// too_many_columns, unreadable (no known encoding), unended_quote, old_xls, html_table, bad_xlsx, encrypted,
/// no_such_sheet. `detail` is zh and English, and says what to do.
journal::Result<Table> read_table(std::string_view bytes, std::size_t sheet = 1);

/// As it is said of the row it was met in.
journal::Error long_cell(std::size_t row);

/// What to say where a row of a CSV file has more cells than its header, so that nothing behind the one too many stands
/// under its name; nothing where it hasn't. Empty cells at the end are no harm, unless two neighbours look like
/// a number that was cut at its comma (`1`, `840.00`), the first in one of `amounts` (empty: any column), and no other
/// row of that length shows that the file writes them everywhere.
std::optional<loop::Words> columns_shift(const Table&, const Row& header, const Row& row,
                                         const std::set<std::size_t>& amounts = {});

/// A formula of which the spreadsheet stored no value.
bool is_formula(std::string_view cell);

/// 1900 system: day 1 is 1900-01-01, and all days from 1900-03-01 on are right.
loop::Day serial_zero_1900();

}  // namespace imloop::station::intake
