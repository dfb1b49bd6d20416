#include "sqlite/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>

namespace imloop::sqlite {
namespace {

[[noreturn]] void fail(sqlite3* database) {
    const int code = sqlite3_errcode(database) & 0xff;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) throw DamagedFile(sqlite3_errmsg(database));
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

}  // namespace

DiskFull::DiskFull()
    : StoreError("磁盘已满，没有写入；腾出空间后会接着做 / the disk is full, nothing was written: make room to go on") {
}

DamagedFile::DamagedFile(const std::string& what_sqlite_says)
    : StoreError(
          "数据库文件已损坏，没有改动任何内容；停下程序，换上备份 / the database file is damaged, nothing was "
          "changed: stop the program and put the backup in its place (" +
          what_sqlite_says + ")") {}

void Statement::Free::operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
void Database::Close::operator()(sqlite3* d) const { sqlite3_close(d); }

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
    sqlite3_stmt* raw = nullptr;
    check(sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &raw, nullptr), database);
    statement_.reset(raw);
}

// SQLite takes $1 as a name and numbers names by first appearance, so the parameter is looked up by its name.
int Statement::index(int number) const {
    const std::string name = "$" + std::to_string(number);
    return sqlite3_bind_parameter_index(statement_.get(), name.c_str());
}

Statement& Statement::bind(int number, std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), index(number), value), database_);
    return *this;
}

Statement& Statement::bind(int number, std::string_view text) {
    check(sqlite3_bind_text(statement_.get(), index(number), text.data(), static_cast<int>(text.size()),
                            SQLITE_TRANSIENT),
          database_);
    return *this;
}

Statement& Statement::bind_blob(int number, std::string_view bytes) {
    check(sqlite3_bind_blob(statement_.get(), index(number), bytes.data(), static_cast<int>(bytes.size()),
                            SQLITE_TRANSIENT),
          database_);
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    const std::unique_ptr<sqlite3_stmt, Reset> reset(statement_.get());
    if (code != SQLITE_DONE) fail(database_);
    return false;
}

void Statement::run() {
    while (step()) {
    }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
    return bytes == nullptr
               ? std::string()
               : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

Database::Database(const std::filesystem::path& file, Journaling journaling) {
    make_private(file);
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    handle_.reset(raw);
    check(code, raw);
    sqlite3_busy_timeout(raw, 10'000);
    execute("PRAGMA page_size=8192; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536");
    if (journaling == Journaling::write_ahead) execute("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=4000");
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
    replace("BIGINT", "INTEGER");
    replace(");", ") STRICT;");
    execute(sql);
}

Statement Database::prepare(std::string_view sql) { return Statement(handle_.get(), sql); }

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

std::string Database::quick_check() { return checked("PRAGMA quick_check(1)"); }
std::string Database::integrity_check() { return checked("PRAGMA integrity_check(1)"); }

std::string Database::checked(std::string_view pragma) {
    auto s = prepare(pragma);
    std::string out;
    while (s.step()) out = s.text(0);
    return out;
}

Transaction::Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
    if (!open_) return;
    try {
        database_.execute("ROLLBACK");
    } catch (const StoreError&) {
        // SQLite has already rolled back.
    }
}

void Transaction::commit() {
    database_.execute("COMMIT");
    open_ = false;
}

}  // namespace imloop::sqlite
