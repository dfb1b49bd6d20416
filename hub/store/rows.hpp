// Rows of the store: the digest that each carries over its other columns, and reading many of them page by page.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>

#include "engine/engine.hpp"

namespace imloop::hub {

/// Over a row's other columns, each behind its length.
std::string row_digest(std::span<const std::string> columns);
inline std::string row_digest(std::initializer_list<std::string> columns) {
    return row_digest(std::span(columns.begin(), columns.size()));
}
/// Of a row as its statement selects it: all columns, the digest last.
std::string segment_digest(const engine::Statement&);
std::string trace_digest(const engine::Statement&);
std::string figures_digest(const engine::Statement&);
/// What was stored, by table_encode() or zstd_encode(); nothing where the bytes are of neither.
std::optional<std::string> decoded(const std::string& stored);

/// Rows that hold up to megabytes each.
inline constexpr std::int64_t large_rows_a_page = 16;
inline constexpr std::int64_t small_rows_a_page = 500;

/// Every row behind `after`: `page` selects those whose key is beyond $1, $2 at most, in the order of `key`.
template <class After, class Key, class Visit>
After each_row(engine::Connection& connection, const char* page, After after, std::int64_t page_rows, Key key,
               Visit visit) {
    auto rows = connection.prepare(page);
    for (std::int64_t n = page_rows; n == page_rows;) {
        rows.bind(1, after).bind(2, page_rows);
        for (n = 0; rows.step(); ++n) {
            after = key(rows);
            visit(rows);
        }
    }
    return after;
}

inline std::string first_column(const engine::Statement& s) { return s.text(0); }
inline std::int64_t position_of(const engine::Statement& segment) { return segment.integer(4); }

}  // namespace imloop::hub
