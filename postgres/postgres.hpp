// The driver for PostgreSQL, 15 or later, through libpq. Each statement is prepared once a connection, whoever asks for
// it. Its errors are those of engine/errors.hpp; a connection that is lost stays so: a new one is made.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"

struct pg_conn;
struct pg_result;

namespace imloop::postgres {

/// Writer: makes tables and writes to them. Reader: of tables that are there.
enum class Role { writer, reader };

/// May read the views (v_…) and nothing else; nobody logs in as it, others are made members of it.
inline constexpr const char* analyst_role = "imloop_analyst";

/// Why a server of this number (150018: 15.18) can't be used; nothing where it can.
std::optional<std::string> version_problem(int server_version);
/// An address without user and password: `postgresql://HOST:PORT/DATABASE`. Throws StoreError where it is none.
std::string shown(const std::string& url);

struct Session {
    struct Close {
        void operator()(pg_conn*) const;
    };
    std::unique_ptr<pg_conn, Close> connection;
    std::mutex one;                                            ///< request at a time
    std::map<std::string, std::string, std::less<>> prepared;  ///< by text, their names
};

class Database final : public engine::Connection {
public:
    /// Throws StoreError that says what is to be done: no such server or database, too old, another encoding, a copy
    /// that only reads, rights that are missing.
    Database(const std::string& url, Role);
    void execute(std::string_view sql) override;
    void define(std::string_view tables) override;
    void define_view(std::string_view name, std::string_view select) override;  ///< those who may read it still may
    void define_rows(std::string_view table) override;
    void change_rows(std::span<const engine::RowsChange>) override;
    std::vector<engine::Row> rows_of(std::string_view table, std::span<const std::string> keys) override;
    std::vector<engine::Row> rows_between(std::string_view table, std::span<const engine::KeyRange>) override;
    bool reads_sets() const override { return true; }
    engine::Statement prepare(std::string_view sql) override;
    void write_all(std::string_view sql, std::size_t rows,
                   const std::function<void(engine::Statement&, std::size_t row)>& bind) override;
    bool has_table(std::string_view name) override;
    std::vector<std::string> tables_named(std::string_view beginning) override;
    /// Makes the role analyst_role, where it is missing, and lets it read the views that are there; those made later it
    /// may read too. Throws where the connection's role may not.
    void let_analysts_read();
    /// The server alone sees its files; what it can't read it says when it is asked for it.
    std::string condition(bool thorough) override;
    /// What others said by NOTIFY on channels that this connection LISTENs to; waits for it so long at most, or until
    /// `wake` can be read. Not within a transaction.
    std::vector<std::string> notices(std::chrono::milliseconds within, int wake);

private:
    void begin(engine::Access) override;
    bool has_analysts();
    std::shared_ptr<Session> session_;
};

/// A connection that was looked over (opening.cpp).
std::shared_ptr<Session> open(const std::string& url, Role);
/// Throws what the server said; `result` may be nothing.
[[noreturn]] void fail(pg_conn*, const pg_result* result);

}  // namespace imloop::postgres
