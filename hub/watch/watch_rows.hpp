// Where the watch keeps its rows: with SQLite a file of its own beside the hub's (one writer a file), with a server
// tables of the same database. Nothing in it that can't be made again: what is missing, damaged or of other rules is
// begun anew.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hub/store/stored_rows.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::hub {

/// How far the rows are, and what they were made with.
struct WatchCursor {
    std::string form;       ///< rules, their parameters, tables, the loop's rows
    bool is_whole = false;  ///< false: they are being made
    std::uint64_t notes = 0;
    std::int64_t position = 0;
    std::vector<std::string> tables;  ///< that there are
};
template <loop::Like<WatchCursor> T>
auto members(T& c) {
    return std::tie(c.form, c.is_whole, c.notes, c.position, c.tables);
}

/// To be raised where the shape of any of these rows changes.
inline constexpr int watch_rows_version = 1;

/// Not thread safe.
class WatchRows {
public:
    /// `store`: the place of the hub's. `in_doubt`: something was found damaged, and the file is looked through.
    WatchRows(const std::string& store, bool in_doubt);
    WatchRows(const WatchRows&) = delete;
    WatchRows& operator=(const WatchRows&) = delete;

    const loop::Rows& rows() const { return *rows_; }
    /// Nothing of a form where there are none.
    const WatchCursor& cursor() const { return cursor_; }
    /// No rows, of this form.
    void begin(std::string form);
    /// What changed since the last time, in one transaction with how far it is.
    void save(loop::rules::Suspects&, std::uint64_t notes, std::int64_t position, bool is_whole);

private:
    void open(const std::string& place);

    std::unique_ptr<engine::Connection> database_;
    std::unique_ptr<StoredRows> rows_;
    WatchCursor cursor_;
};

/// The file of a hub whose store is this file.
std::string watch_file(const std::string& store);

}  // namespace imloop::hub
