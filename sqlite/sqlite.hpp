// A thin driver over SQLite: statements prepared once, parameters by name, transactions that roll back unless
// committed. A connection belongs to one thread at a time. Errors are thrown as StoreError.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace imloop::sqlite {

class StoreError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Nothing was written; the same call may do where room has been made.
class DiskFull : public StoreError {
public:
    DiskFull();
};

/// The file is no whole database: cut short, or a page of it was changed.
class DamagedFile : public StoreError {
public:
    explicit DamagedFile(const std::string& what_sqlite_says);
};

class Statement {
public:
    Statement(sqlite3* database, std::string_view sql);
    /// `number` counts from 1: the parameter $number.
    Statement& bind(int number, std::int64_t value);
    Statement& bind(int number, std::string_view text);
    Statement& bind_blob(int number, std::string_view bytes);
    /// True while there is a row. After the last one the statement is ready for its next use.
    bool step();
    /// Runs it to its end.
    void run();
    std::int64_t integer(int column) const;
    std::string text(int column) const;  ///< of a blob, its bytes

private:
    struct Free {
        void operator()(sqlite3_stmt*) const;
    };
    sqlite3* database_;
    std::unique_ptr<sqlite3_stmt, Free> statement_;
    int index(int number) const;
};

/// Write-ahead: readers never wait, but even opening takes room on the disk. Rollback: for what is written seldom and
/// must open on a full disk.
enum class Journaling { write_ahead, rollback };

class Database {
public:
    /// synchronous=FULL. Makes the file where it is missing, for its owner alone.
    explicit Database(const std::filesystem::path& file, Journaling = Journaling::write_ahead);
    void execute(std::string_view sql);
    /// CREATE TABLE statements in PostgreSQL's words (BYTEA, BIGINT); the tables become STRICT.
    void define(std::string_view tables);
    Statement prepare(std::string_view sql);
    /// A consistent copy, while others write.
    void backup(const std::filesystem::path& to);
    /// `ok`, or what SQLite finds wrong with the file. Reads all of it.
    std::string quick_check();
    /// Likewise, and holds indexes against their tables; takes longer.
    std::string integrity_check();
    bool has_table(std::string_view name);
    sqlite3* handle() const { return handle_.get(); }

private:
    std::string checked(std::string_view pragma);
    struct Close {
        void operator()(sqlite3*) const;
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

/// BEGIN … COMMIT; rolls back where commit() was not called.
class Transaction {
public:
    explicit Transaction(Database&);
    ~Transaction();
    void commit();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

private:
    Database& database_;
    bool open_ = true;
};

}  // namespace imloop::sqlite
