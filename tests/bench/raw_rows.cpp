#include "tests/bench/raw_rows.hpp"

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/files.hpp"

namespace imloop::test {
namespace {

template <auto end>
struct End {
    void operator()(auto* what) const { end(what); }
};
using Value = std::unique_ptr<sqlite3_value, End<sqlite3_value_free>>;
using Statement = std::unique_ptr<sqlite3_stmt, End<sqlite3_finalize>>;

class Database {
public:
    explicit Database(const std::string& file) {
        sqlite3* opened = nullptr;
        const int code = sqlite3_open(file.c_str(), &opened);
        database_.reset(opened);
        check(code);
    }
    void execute(const std::string& sql) {
        check(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr));
    }
    Statement prepare(const std::string& sql) {
        sqlite3_stmt* out = nullptr;
        check(sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &out, nullptr));
        return Statement(out);
    }

private:
    void check(int code) {
        if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(database_.get()));
    }
    std::unique_ptr<sqlite3, End<sqlite3_close>> database_;
};

struct Table {
    Statement insert;
    std::vector<std::vector<Value>> rows{};
};

}  // namespace

double raw_seconds(const std::filesystem::path& database, std::size_t commits) {
    Database from(database);
    const TempDir folder;
    Database to(folder.path() / "raw.sqlite");
    to.execute(
        "PRAGMA page_size=8192; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA journal_mode=WAL; "
        "PRAGMA wal_autocheckpoint=8000");
    std::vector<std::string> names;
    const auto schema = from.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL AND name NOT "
        "LIKE 'sqlite_%' ORDER BY type DESC");
    const auto text = [&](int column) {
        return std::string(reinterpret_cast<const char*>(sqlite3_column_text(schema.get(), column)));
    };
    while (sqlite3_step(schema.get()) == SQLITE_ROW) {
        to.execute(text(2));
        if (text(0) == "table") names.push_back(text(1));
    }
    std::vector<Table> tables;
    for (const auto& name : names) {
        const auto all = from.prepare("SELECT * FROM " + name);
        const int columns = sqlite3_column_count(all.get());
        std::string marks = "?";
        for (int i = 1; i < columns; ++i) marks += ", ?";
        auto& table = tables.emplace_back(Table{to.prepare("INSERT INTO " + name + " VALUES (" + marks + ")")});
        while (sqlite3_step(all.get()) == SQLITE_ROW) {
            auto& row = table.rows.emplace_back();
            for (int i = 0; i < columns; ++i) row.emplace_back(sqlite3_value_dup(sqlite3_column_value(all.get(), i)));
        }
    }
    const auto began = std::chrono::steady_clock::now();
    for (std::size_t commit = 0; commit < commits; ++commit) {
        to.execute("BEGIN IMMEDIATE");
        for (auto& [insert, rows] : tables)
            for (std::size_t i = commit; i < rows.size(); i += commits) {
                for (std::size_t c = 0; c < rows[i].size(); ++c)
                    sqlite3_bind_value(insert.get(), static_cast<int>(c) + 1, rows[i][c].get());
                if (sqlite3_step(insert.get()) != SQLITE_DONE) throw std::runtime_error("a row was refused");
                sqlite3_reset(insert.get());
            }
        to.execute("COMMIT");
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

}  // namespace imloop::test
