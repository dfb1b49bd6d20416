// One face over the databases that keep what must not be lost: a connection, statements prepared by their text with
// parameters $1, $2, …, transactions and savepoints that are undone unless committed, rows written in bulk. One text
// serves every engine; what they call otherwise (types, how a transaction begins) is the driver's.
// A connection may be asked by several threads, a statement by one at a time; a transaction is the whole connection's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/errors.hpp"

namespace imloop::engine {

/// What a driver does for one statement. Parameters count from 1, columns from 0; what is not bound is NULL.
class Prepared {
public:
    virtual ~Prepared() = default;
    virtual void bind(int number, std::int64_t value) = 0;
    virtual void bind_text(int number, std::string_view text) = 0;
    virtual void bind_blob(int number, std::string_view bytes) = 0;
    virtual void bind_null(int number) = 0;
    virtual bool step() = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual std::string text(int column) const = 0;
};

class Statement {
public:
    explicit Statement(std::unique_ptr<Prepared> prepared) : prepared_(std::move(prepared)) {}
    Statement& bind(int number, std::int64_t value) { return prepared_->bind(number, value), *this; }
    /// UTF-8 without NUL.
    Statement& bind(int number, std::string_view text) { return prepared_->bind_text(number, text), *this; }
    Statement& bind_blob(int number, std::string_view bytes) { return prepared_->bind_blob(number, bytes), *this; }
    Statement& bind_null(int number) { return prepared_->bind_null(number), *this; }
    /// True while there is a row. After the last one the statement is ready for its next use.
    bool step() { return prepared_->step(); }
    /// Runs it to its end.
    void run() {
        while (step()) {
        }
    }
    std::int64_t integer(int column) const { return prepared_->integer(column); }  ///< of NULL, 0
    /// Of a blob, its bytes; of an integer, its digits; of NULL, nothing.
    std::string text(int column) const { return prepared_->text(column); }

private:
    std::unique_ptr<Prepared> prepared_;
};

/// Write: others may read what was committed, none may write. Snapshot: everything that is read is of one moment, and
/// nothing may be written.
enum class Access { write, snapshot };

/// Of a table of bytes under keys.
using Row = std::pair<std::string, std::string>;
struct KeyRange {
    std::string from, to;
};
struct RowsChange {
    std::string table;
    std::vector<Row> put;           ///< in place of those that have their keys, each key once
    std::vector<std::string> gone;  ///< keys; where there is none, nothing happens
};

class Connection {
public:
    Connection() = default;
    Connection(Connection&&) = default;
    Connection& operator=(Connection&&) = default;
    virtual ~Connection() = default;

    /// Statements without parameters, one or several.
    virtual void execute(std::string_view sql) = 0;
    /// Tables in PostgreSQL's words (BYTEA, BIGINT, SMALLINT, '\x'; UUID: its 16 bytes). Texts are ordered by their
    /// bytes.
    virtual void define(std::string_view tables) = 0;
    /// A view, also where there is one of this name with the same columns. In its words date_of(COLUMN) is the date of
    /// a number of days since 1970-01-01, today() that number at +08:00, id_of(COLUMN) a UUID that may be read.
    virtual void define_view(std::string_view name, std::string_view select) = 0;
    /// A table of bytes (`value`) under keys (`key`), which lie in their order; where it is there, it stays.
    virtual void define_rows(std::string_view table) = 0;
    /// What became of rows of such tables; within a transaction. Costs a server a statement a table, and one answer.
    virtual void change_rows(std::span<const RowsChange>) = 0;
    /// Those that have one of these keys, and those of from <= key < to of any of these, which do not overlap. In any
    /// order.
    virtual std::vector<Row> rows_of(std::string_view table, std::span<const std::string> keys) = 0;
    virtual std::vector<Row> rows_between(std::string_view table, std::span<const KeyRange> ranges) = 0;
    /// Whether many at once cost much less than one after the other, so that it pays to read ahead.
    virtual bool reads_sets() const = 0;
    /// PostgreSQL sends all rows at once: what may be many is read page by page.
    virtual Statement prepare(std::string_view sql) = 0;
    /// Runs a statement for each of `rows` rows; `bind` binds the row of a number from 0. All or, within the
    /// transaction around it, nothing.
    virtual void write_all(std::string_view sql, std::size_t rows,
                           const std::function<void(Statement&, std::size_t row)>& bind) = 0;
    virtual bool has_table(std::string_view name) = 0;
    /// Those that are there, in any order.
    virtual std::vector<std::string> tables_named(std::string_view beginning) = 0;
    /// Whether readers hold up so much that tidy() is to be called, where nobody reads.
    virtual bool is_untidy() { return false; }
    /// Between two transactions of the one that writes: puts in order what readers held up. Waits for those that are
    /// there for a moment at most.
    virtual void tidy() {}
    /// `ok`, or what the engine finds wrong with its files; thorough: indexes are held against their tables, too.
    virtual std::string condition(bool thorough) = 0;
    /// From here on runs before each COMMIT, in the transaction: what it throws undoes this.
    void guard(std::function<void()> before_commit) { before_commit_ = std::move(before_commit); }

private:
    friend class Transaction;
    virtual void begin(Access) = 0;
    std::function<void()> before_commit_;
};

/// Rolls back where commit() was not called.
class Transaction {
public:
    explicit Transaction(Connection&, Access = Access::write);
    ~Transaction();
    void commit();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

private:
    Connection& connection_;
    bool open_ = true;
};

/// Within a transaction, what may be undone alone: gone again where release() was not called. Where even that fails,
/// the transaction can't be committed any more.
class Savepoint {
public:
    explicit Savepoint(Connection&);
    ~Savepoint();
    void release();
    Savepoint(const Savepoint&) = delete;
    Savepoint& operator=(const Savepoint&) = delete;

private:
    Connection& connection_;
    bool open_ = true;
};

}  // namespace imloop::engine
