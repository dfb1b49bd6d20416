// Rows of a projection's tables (loop/rows) in a database: one table of bytes under keys for each. Every row carries a
// check: one that a disk changed is BadRow with its table's name, and is made anew by a rebuild.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.hpp"
#include "loop/rows/rows.hpp"

namespace imloop::hub {

/// Not thread safe. `database` outlives it. What find() and range() read is of the snapshot or transaction that the
/// connection is in. `prefix`: before the names of the tables in the database, of rows that are made beside others.
class StoredRows final : public loop::Rows {
public:
    /// As needed: a table is made when it is first asked for; outside of a transaction.
    enum class Tables { are_there, as_needed };
    explicit StoredRows(engine::Connection& database, std::string prefix = {}, Tables tables = Tables::are_there)
        : database_(&database), prefix_(std::move(prefix)), tables_(tables) {}
    /// From here on they are on another connection.
    void move_to(engine::Connection&);

    std::optional<std::string> find(std::string_view table, std::string_view key) const override;
    std::vector<Row> range(std::string_view table, std::string_view from, std::string_view to,
                           std::size_t limit) const override;
    bool reads_sets() const override { return database_->reads_sets(); }
    std::vector<Row> of_keys(std::string_view table, const std::vector<std::string>& keys) const override;
    std::vector<Row> under(std::string_view table, const std::vector<std::string>& prefixes) const override;

    /// Makes the tables that are missing.
    void make(const std::vector<std::string_view>& tables) const;
    /// Takes out all rows of these tables.
    void clear(const std::vector<std::string_view>& tables);
    /// These tables, which are made beside others, take the place of those without the prefix. Within a transaction.
    void take_over(const std::vector<std::string_view>& tables);
    const std::string& prefix() const { return prefix_; }
    engine::Connection& database() const { return *database_; }

private:
    /// As it is called in the database.
    std::string stored(std::string_view table) const;
    engine::Statement& prepared(std::string_view table, std::string (*text)(std::string_view)) const;

    engine::Connection* database_;
    std::string prefix_;
    Tables tables_;
    mutable std::set<std::string, std::less<>> made_;
    mutable std::map<std::string, engine::Statement> prepared_;  ///< by text
};

/// What a batch made of the rows, gathered so as to be written in bulk.
class RowBatch {
public:
    /// To be handed to write() of what holds tables.
    loop::RowChanges gather();
    /// Within a transaction; afterwards there is nothing gathered.
    void write_to(const StoredRows&);
    std::vector<std::string_view> tables() const;

private:
    std::map<std::string, engine::RowsChange, std::less<>> by_table_;
};

}  // namespace imloop::hub
