// Where the watch keeps its rows: with SQLite a file of its own beside the hub's (one writer a file), with a server
// tables of the same database. Nothing in it that can't be made again: what is missing, damaged or of other rules is
// begun anew.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/store/stored_rows.hpp"
#include "loop/suspects/asking/suspects.hpp"

namespace imloop::hub {

/// How far the rows are, and what they were made with.
struct WatchCursor {
    std::string form;          ///< rules, their parameters, tables, the loop's rows
    std::string rules = "{}";  ///< of the policy: the parameters
    bool is_whole = false;     ///< false: they are being made
    std::uint64_t notes = 0;
    std::int64_t position = 0;
};
template <loop::Like<WatchCursor> T>
auto members(T& c) {
    return std::tie(c.form, c.rules, c.is_whole, c.notes, c.position);
}

/// To be raised where the shape of any of these rows changes.
inline constexpr int watch_rows_version = 4;

/// Not thread safe.
class WatchRows {
public:
    /// `store`: the place of the hub's. `in_doubt`: something was found damaged, and the file is looked through.
    /// `guard`: of a connection to a server.
    WatchRows(const std::string& store, bool in_doubt, const std::function<void(engine::Connection&)>& guard);
    WatchRows(const WatchRows&) = delete;
    WatchRows& operator=(const WatchRows&) = delete;

    const loop::Rows& rows() const { return *rows_; }
    /// Nothing of a form where there are none.
    const WatchCursor& cursor() const { return cursor_; }
    /// No rows, of this form; none of any where it is to be begun once more.
    void begin(std::string form = {}, std::string rules = "{}");
    /// What changed since the last time, in one transaction with how far it is.
    void save(loop::rules::Suspects&, std::uint64_t notes, std::int64_t position, bool is_whole);

private:
    void open(const std::string& place, const std::function<void(engine::Connection&)>& guard);
    void read_on();
    void end_moment();

    std::unique_ptr<engine::Connection> database_;
    /// Of a file, between two writes: nobody else writes it, and each look-up by itself would lock it anew.
    std::unique_ptr<engine::Transaction> moment_;
    bool is_file_ = false;
    std::unique_ptr<StoredRows> rows_;
    WatchCursor cursor_;
};

/// What was watched up to a moment, and stays so. One thread's; neither the watch nor other readers wait for it.
class WatchReader {
public:
    explicit WatchReader(const std::string& store);
    WatchReader(const WatchReader&) = delete;
    WatchReader& operator=(const WatchReader&) = delete;

    const WatchCursor& cursor() const { return cursor_; }
    const loop::rules::Suspects& suspects() const { return *suspects_; }
    /// Tables with rows that are not what was written; `flags` where those are not what the suspects say.
    std::vector<std::string> damaged() const;

private:
    /// A table that nothing was written to yet has no rows.
    class Rows final : public loop::Rows {
    public:
        explicit Rows(engine::Connection& database);
        std::optional<std::string> find(std::string_view table, std::string_view key) const override;
        std::vector<Row> range(std::string_view table, std::string_view from, std::string_view to,
                               std::size_t limit) const override;

    private:
        StoredRows stored_;
        std::vector<std::string> tables_;  ///< that there are
    };

    std::unique_ptr<engine::Connection> database_;
    std::unique_ptr<engine::Transaction> snapshot_;
    WatchCursor cursor_;
    std::unique_ptr<Rows> rows_;
    std::optional<loop::rules::Suspects> suspects_;
};

/// The file of a hub whose store is this file.
std::string watch_file(const std::string& store);

}  // namespace imloop::hub
