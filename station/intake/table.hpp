// A table of text out of a file: CSV or XLSX, told apart by its first bytes. Pure and thread safe; every size that a
// file could blow up is bounded by table_limits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "journal/error.hpp"
#include "loop/time.hpp"

namespace imloop::station::intake {

inline constexpr struct TableLimits {
    std::size_t bytes = 32U << 20;  ///< of the file
    std::size_t rows = 50'000;
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
};

/// Rows without any text are left out; a row is as long as its last cell.
struct Table {
    std::vector<Row> rows;
    loop::Day serial_zero = 0;  ///< the day that serial number 0 of a spreadsheet means
    std::string sheet;          ///< XLSX: its name
    std::size_t sheets = 0;     ///< XLSX: how many there are to be seen
};

/// `sheet`: of an XLSX file, counted from 1 among those that are not hidden. Errors: too_large, long_cell,
/// too_many_rows, too_many_columns, unreadable (no known encoding), unended_quote, old_xls, html_table, bad_xlsx,
/// encrypted, no_such_sheet. `detail` is zh and English, and says what to do.
journal::Result<Table> read_table(std::string_view bytes, std::size_t sheet = 1);

/// As it is said of the row it was met in.
journal::Error long_cell(std::size_t row);

/// 1900 system: day 1 is 1900-01-01, and all days from 1900-03-01 on are right.
loop::Day serial_zero_1900();

}  // namespace imloop::station::intake
