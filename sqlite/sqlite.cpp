#include "sqlite/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <regex>
#include <thread>

namespace imloop::sqlite {
namespace {

/// How long another program's write is waited for.
constexpr std::chrono::milliseconds wait_max{10'000};
/// How long readers are waited for so that the write-ahead file can begin anew.
constexpr std::chrono::milliseconds tidy_wait_max{100};

[[noreturn]] void fail(sqlite3* database) {
    const int code = sqlite3_errcode(database) & 0xff;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) throw DamagedFile(sqlite3_errmsg(database));
    if (code == SQLITE_BUSY) throw engine::Busy(sqlite3_errmsg(database));
    if (code == SQLITE_CONSTRAINT) throw engine::Constraint(sqlite3_errmsg(database));
    if (code == SQLITE_FULL || sqlite3_system_errno(database) == ENOSPC) throw DiskFull();
    throw StoreError(sqlite3_errmsg(database));
}

struct Reset {
    void operator()(sqlite3_stmt* s) const { sqlite3_reset(s); }
};

/// SQLite makes files with what the umask leaves of 0644, and gives its -wal and -shm the mode of the file itself: so
/// the file is there first, for its owner alone.
void make_private(const std::filesystem::path& file) {
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made >= 0) ::close(made);
}

void check(int code, sqlite3* database) {
    if (code != SQLITE_OK) fail(database);
}

class Prepared final : public engine::Prepared {
public:
    Prepared(sqlite3* database, std::string_view sql) : database_(database) {
        sqlite3_stmt* raw = nullptr;
        check(sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &raw, nullptr), database);
        statement_.reset(raw);
    }
    void bind(int number, std::int64_t value) override {
        check(sqlite3_bind_int64(statement_.get(), index(number), value), database_);
    }
    void bind_text(int number, std::string_view text) override {
        check(sqlite3_bind_text(statement_.get(), index(number), text.data(), static_cast<int>(text.size()),
                                SQLITE_TRANSIENT),
              database_);
    }
    void bind_blob(int number, std::string_view bytes) override {
        // Of no bytes at all SQLite would make NULL.
        const auto* at = bytes.data() == nullptr ? "" : bytes.data();
        check(sqlite3_bind_blob(statement_.get(), index(number), at, static_cast<int>(bytes.size()), SQLITE_TRANSIENT),
              database_);
    }
    void bind_null(int number) override { check(sqlite3_bind_null(statement_.get(), index(number)), database_); }
    bool step() override {
        const int code = sqlite3_step(statement_.get());
        if (code == SQLITE_ROW) return true;
        const std::unique_ptr<sqlite3_stmt, Reset> reset(statement_.get());
        if (code != SQLITE_DONE) fail(database_);
        return false;
    }
    std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_.get(), column); }
    std::string text(int column) const override {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
        return bytes == nullptr
                   ? std::string()
                   : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)));
    }

private:
    // SQLite takes $1 as a name and numbers names by first appearance, so the parameter is looked up by its name.
    int index(int number) const {
        const std::string name = "$" + std::to_string(number);
        return sqlite3_bind_parameter_index(statement_.get(), name.c_str());
    }
    struct Free {
        void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
    };
    sqlite3* database_;
    std::unique_ptr<sqlite3_stmt, Free> statement_;
};

}  // namespace

void remove_files(const std::filesystem::path& database) {
    for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(database.string() + end);
}

void Database::Close::operator()(sqlite3* d) const { sqlite3_close(d); }

Database::Database(const std::filesystem::path& file, Journaling journaling) : file_(file) {
    const bool reads = journaling == Journaling::read_only;
    if (!reads) make_private(file);
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(
        file.c_str(), &raw, reads ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    handle_.reset(raw);
    check(code, raw);
    sqlite3_busy_timeout(raw, static_cast<int>(wait_max.count()));
    if (reads) return;
    execute("PRAGMA page_size=8192; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536");
    if (journaling == Journaling::write_ahead) write_ahead();
}

/// Two programs that make a file at once: the change wants the file alone and, unlike all else, does not wait for it.
void Database::write_ahead() {
    const auto end = std::chrono::steady_clock::now() + wait_max;
    for (;;) {
        try {
            return execute("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=4000");
        } catch (const engine::Busy&) {
            if (std::chrono::steady_clock::now() >= end) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
}

void Database::execute(std::string_view sql) {
    check(sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr), handle_.get());
}

void Database::define(std::string_view tables) {
    std::string sql(tables);
    const auto replace = [&](std::string_view from, std::string_view to) {
        for (auto at = sql.find(from); at != std::string::npos; at = sql.find(from, at + to.size()))
            sql.replace(at, from.size(), to);
    };
    replace("BYTEA", "BLOB");
    replace("'\\x'", "x''");
    replace("BIGINT", "INTEGER");
    replace("SMALLINT", "INTEGER");
    replace(" UUID", " BLOB");
    replace(");", ") STRICT;");
    execute(sql);
}

void Database::define_view(std::string_view name, std::string_view select) {
    auto sql =
        std::regex_replace(std::string(select), std::regex(R"(date_of\(([\w.]+)\))"), "date($1 * 86400, 'unixepoch')");
    sql = std::regex_replace(sql, std::regex(R"(id_of\(([\w.]+)\))"), "lower(hex($1))");
    sql = std::regex_replace(sql, std::regex(R"(today\(\))"), "((unixepoch() + 28800) / 86400)");
    const std::string view(name);
    execute("DROP VIEW IF EXISTS " + view + "; CREATE VIEW " + view + " AS " + sql);
}

void Database::define_rows(std::string_view table) {
    execute("CREATE TABLE IF NOT EXISTS " + std::string(table) +
            " (key BLOB NOT NULL PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID");
}

void Database::change_rows(std::span<const engine::RowsChange> changes) {
    for (const auto& [table, put, gone] : changes) {
        auto erase = prepare("DELETE FROM " + table + " WHERE key = $1");
        for (const auto& key : gone) erase.bind_blob(1, key).run();
        auto insert = prepare("INSERT INTO " + table +
                              " (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
        for (const auto& [key, value] : put) insert.bind_blob(1, key).bind_blob(2, value).run();
    }
}

std::vector<engine::Row> Database::rows_of(std::string_view table, std::span<const std::string> keys) {
    std::vector<engine::Row> out;
    auto s = prepare("SELECT value FROM " + std::string(table) + " WHERE key = $1");
    for (const auto& key : keys)
        for (s.bind_blob(1, key); s.step();) out.emplace_back(key, s.text(0));
    return out;
}

std::vector<engine::Row> Database::rows_between(std::string_view table, std::span<const engine::KeyRange> ranges) {
    std::vector<engine::Row> out;
    auto s = prepare("SELECT key, value FROM " + std::string(table) + " WHERE key >= $1 AND key < $2");
    for (const auto& [from, to] : ranges)
        for (s.bind_blob(1, from).bind_blob(2, to); s.step();) out.emplace_back(s.text(0), s.text(1));
    return out;
}

Statement Database::prepare(std::string_view sql) { return Statement(std::make_unique<Prepared>(handle_.get(), sql)); }

void Database::write_all(std::string_view sql, std::size_t rows,
                         const std::function<void(Statement&, std::size_t)>& bind) {
    auto statement = prepare(sql);
    for (std::size_t row = 0; row < rows; ++row) {
        bind(statement, row);
        statement.run();
    }
}

void Database::backup(const std::filesystem::path& to) {
    const Database target(to);
    sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", handle_.get(), "main");
    if (backup == nullptr) fail(target.handle());
    sqlite3_backup_step(backup, -1);
    check(sqlite3_backup_finish(backup), target.handle());
}

bool Database::has_table(std::string_view name) {
    return prepare("PRAGMA table_info(" + std::string(name) + ")").step();
}

std::vector<std::string> Database::tables_named(std::string_view beginning) {
    std::vector<std::string> out;
    auto s = prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, length($1)) = $1");
    for (s.bind(1, beginning); s.step();) out.push_back(s.text(0));
    return out;
}

/// With readers that come and go all the time there is never a moment without one, and the file would only grow. It
/// keeps its size when it begins anew, and is written over: so it is full when it grows again.
bool Database::is_untidy() {
    std::error_code missing;
    const auto size = std::filesystem::file_size(file_.string() + "-wal", missing);
    return !missing && size > std::max(write_ahead_bytes, tidied_at_ + write_ahead_step);
}

void Database::tidy() {
    const auto file = file_.string() + "-wal";
    std::error_code missing;
    const bool is_huge = std::filesystem::file_size(file, missing) > 2 * write_ahead_bytes;
    sqlite3_busy_timeout(handle_.get(), static_cast<int>(tidy_wait_max.count()));
    auto s = prepare(is_huge ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(RESTART)");
    while (s.step()) {  // held up or not: then it is tried again after a step
    }
    sqlite3_busy_timeout(handle_.get(), static_cast<int>(wait_max.count()));
    tidied_at_ = std::filesystem::file_size(file, missing);
    if (missing) tidied_at_ = 0;
}

std::string Database::condition(bool thorough) {
    auto s = prepare(thorough ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)");
    std::string out;
    while (s.step()) out = s.text(0);
    return out;
}

void Database::begin(engine::Access access) {
    if (access == engine::Access::write) return execute("BEGIN IMMEDIATE");
    // A snapshot is of the first read's moment: so there is one at once.
    execute("BEGIN; SELECT COUNT(*) FROM sqlite_schema");
}

}  // namespace imloop::sqlite
