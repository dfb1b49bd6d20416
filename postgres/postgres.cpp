#include "postgres/postgres.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <array>
#include <cassert>
#include <functional>
#include <regex>
#include <utility>
#include <vector>

#include "postgres/result.hpp"

namespace imloop::postgres {
namespace {

/// Rows sent before their answers are read; these must fit into the socket meanwhile.
constexpr std::size_t rows_ahead_max = 256;

// Types of columns, as the server numbers them.
constexpr Oid bytea_type = 17, int8_type = 20, int2_type = 21, int4_type = 23;

/// The role sees these and nothing else.
constexpr const char* views_for_analysts = R"sql(
DO $$ DECLARE view name; BEGIN
  IF NOT has_schema_privilege('imloop_analyst', current_schema(), 'USAGE') THEN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO imloop_analyst', current_schema());
  END IF;
  FOR view IN SELECT viewname FROM pg_views WHERE schemaname = current_schema() AND viewname ~ '^v_' LOOP
    EXECUTE format('GRANT SELECT ON %I TO imloop_analyst', view);
  END LOOP;
END $$)sql";

bool is_done(const PGresult* r) {
    const auto status = PQresultStatus(r);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

/// The statement's name on this connection; under the session's lock.
const std::string& name_of(Session& session, std::string_view sql) {
    if (const auto known = session.prepared.find(sql); known != session.prepared.end()) return known->second;
    auto name = "s" + std::to_string(session.prepared.size() + 1);
    const std::string text(sql);
    const Result made(PQprepare(session.connection.get(), name.c_str(), text.c_str(), 0, nullptr));
    if (!is_done(made.get())) fail(session.connection.get(), made.get());
    return session.prepared.emplace(text, std::move(name)).first->second;
}

class Prepared final : public engine::Prepared {
public:
    Prepared(std::shared_ptr<Session> session, std::string_view sql) : session_(std::move(session)) {
        const std::lock_guard guard(session_->one);
        name_ = name_of(*session_, sql);
    }

    void bind(int number, std::int64_t value) override { put(number, std::to_string(value), 0); }
    void bind_text(int number, std::string_view text) override { put(number, std::string(text), 1); }
    void bind_blob(int number, std::string_view bytes) override { put(number, std::string(bytes), 1); }
    void bind_null(int number) override { put(number, std::nullopt, 1); }

    bool step() override {
        if (!rows_) {
            const std::lock_guard guard(session_->one);
            const auto p = parameters();
            rows_.reset(PQexecPrepared(session_->connection.get(), name_.c_str(), p.count, p.values.data(),
                                       p.lengths.data(), p.forms.data(), 1));
            row_ = -1;
            if (!is_done(rows_.get())) fail(session_->connection.get(), std::exchange(rows_, nullptr).get());
        }
        if (++row_ < PQntuples(rows_.get())) return true;
        rows_.reset();
        return false;
    }

    /// Within a pipeline; under the session's lock.
    void send() {
        const auto p = parameters();
        if (PQsendQueryPrepared(session_->connection.get(), name_.c_str(), p.count, p.values.data(), p.lengths.data(),
                                p.forms.data(), 1) == 0)
            fail(session_->connection.get(), nullptr);
    }

    std::int64_t integer(int column) const override {
        if (PQgetisnull(rows_.get(), row_, column) != 0) return 0;
        assert(is_integer(column));
        const auto* bytes = PQgetvalue(rows_.get(), row_, column);
        const int length = PQgetlength(rows_.get(), row_, column);
        // Big-endian, and the first byte has the sign.
        std::int64_t out = static_cast<signed char>(bytes[0]);
        for (int i = 1; i < length; ++i) out = out * 256 + static_cast<unsigned char>(bytes[i]);
        return out;
    }
    std::string text(int column) const override {
        if (PQgetisnull(rows_.get(), row_, column) != 0) return {};
        if (is_integer(column)) return std::to_string(integer(column));
        return {PQgetvalue(rows_.get(), row_, column),
                static_cast<std::size_t>(PQgetlength(rows_.get(), row_, column))};
    }

private:
    struct Bound {
        std::optional<std::string> value;
        int form = 1;  ///< 0: as text, of a number whose size the server knows; 1: as it is
    };
    struct Parameters {
        int count = 0;
        std::vector<const char*> values;
        std::vector<int> lengths, forms;
    };
    Parameters parameters() const {
        Parameters out;
        out.count = static_cast<int>(bound_.size());
        for (const auto& one : bound_) {
            out.values.push_back(one.value ? one.value->c_str() : nullptr);
            out.lengths.push_back(one.value ? static_cast<int>(one.value->size()) : 0);
            out.forms.push_back(one.form);
        }
        return out;
    }
    void put(int number, std::optional<std::string> value, int form) {
        assert(number > 0);
        const auto at = static_cast<std::size_t>(number) - 1;
        if (bound_.size() <= at) bound_.resize(at + 1);
        bound_[at] = {std::move(value), form};
    }
    bool is_integer(int column) const {
        const auto type = PQftype(rows_.get(), column);
        return type == int8_type || type == int4_type || type == int2_type;
    }

    std::shared_ptr<Session> session_;
    std::string name_;
    std::vector<Bound> bound_;
    Result rows_;
    int row_ = -1;
};

/// Reads the answers up to the pipeline's mark; the first error among them, or nothing.
Result answers(PGconn* connection) {
    Result error;
    for (bool ended = false; !ended;) {
        Result one(PQgetResult(connection));
        if (!one) {
            if (PQstatus(connection) == CONNECTION_BAD) fail(connection, error.get());
            continue;  // between the answers of two statements
        }
        ended = PQresultStatus(one.get()) == PGRES_PIPELINE_SYNC;
        if (!ended && !error && !is_done(one.get())) error = std::move(one);
    }
    return error;
}

/// An array of bytes as the server reads it: one dimension from 1, and before each member its length.
template <typename Members, typename Of>
std::string array_of(const Members& members, Of of) {
    std::string out;
    const auto number = [&](std::size_t n) {
        for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(n >> static_cast<unsigned>(shift));
    };
    const bool is_empty = members.empty();
    for (const std::size_t n : {std::size_t{is_empty ? 0U : 1U}, std::size_t{0}, std::size_t{bytea_type}}) number(n);
    if (is_empty) return out;
    for (const std::size_t n : {members.size(), std::size_t{1}}) number(n);
    for (const auto& member : members) {
        const std::string& bytes = std::invoke(of, member);
        number(bytes.size());
        out += bytes;
    }
    return out;
}

struct Pipeline {
    explicit Pipeline(PGconn* c) : connection(c) { PQenterPipelineMode(c); }
    ~Pipeline() { PQexitPipelineMode(connection); }
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;
    PGconn* connection;
};

}  // namespace

void Session::Close::operator()(pg_conn* c) const { PQfinish(c); }

Database::Database(const std::string& url, Role role) : session_(open(url, role)) {}

void Database::execute(std::string_view sql) {
    const std::lock_guard guard(session_->one);
    auto* const connection = session_->connection.get();
    const Result done(PQexec(connection, std::string(sql).c_str()));
    if (!is_done(done.get())) fail(connection, done.get());
    // A transaction in which a statement failed is rolled back, and the server calls that no error.
    if (sql == "COMMIT" && std::string_view(PQcmdStatus(done.get())) == "ROLLBACK")
        throw engine::StoreError("有语句失败，事务没有写入 / a statement failed, the transaction was not written");
}

void Database::define(std::string_view tables) {
    constexpr std::string_view text = " TEXT", by_bytes = " TEXT COLLATE \"C\"";
    std::string sql(tables);
    for (auto at = sql.find(text); at != std::string::npos; at = sql.find(text, at + by_bytes.size()))
        sql.replace(at, text.size(), by_bytes);
    execute(sql);
}

void Database::define_view(std::string_view name, std::string_view select) {
    auto sql =
        std::regex_replace(std::string(select), std::regex(R"(date_of\(([\w.]+)\))"), "(DATE '1970-01-01' + $1)");
    sql = std::regex_replace(sql, std::regex(R"(id_of\(([\w.]+)\))"), "$1");
    sql = std::regex_replace(sql, std::regex(R"(today\(\))"), "((extract(epoch FROM now())::bigint + 28800) / 86400)");
    execute("CREATE OR REPLACE VIEW " + std::string(name) + " AS " + sql);
    if (has_analysts()) execute("GRANT SELECT ON " + std::string(name) + " TO " + analyst_role);
}

bool Database::has_analysts() {
    auto s = prepare("SELECT COUNT(*) FROM pg_roles WHERE rolname = $1::text");
    s.bind(1, analyst_role);
    return s.step() && s.integer(0) == 1;
}

void Database::let_analysts_read() {
    if (!has_analysts()) execute("CREATE ROLE " + std::string(analyst_role) + " NOLOGIN");
    execute(views_for_analysts);
}

void Database::define_rows(std::string_view table) {
    execute("CREATE TABLE IF NOT EXISTS " + std::string(table) +
            " (key BYTEA NOT NULL PRIMARY KEY, value BYTEA NOT NULL)");
}

void Database::change_rows(std::span<const engine::RowsChange> changes) {
    std::vector<Prepared> statements;
    for (const auto& [table, put, gone] : changes) {
        if (!gone.empty())
            statements.emplace_back(session_, "DELETE FROM " + table + " WHERE key = ANY ($1::bytea[])")
                .bind_blob(1, array_of(gone, std::identity()));
        if (put.empty()) continue;
        auto& insert =
            statements.emplace_back(session_, "INSERT INTO " + table +
                                                  " (key, value) SELECT * FROM unnest($1::bytea[], $2::bytea[]) ON "
                                                  "CONFLICT (key) DO UPDATE SET value = excluded.value");
        insert.bind_blob(1, array_of(put, &engine::Row::first));
        insert.bind_blob(2, array_of(put, &engine::Row::second));
    }
    const std::lock_guard guard(session_->one);
    auto* const connection = session_->connection.get();
    assert(PQtransactionStatus(connection) == PQTRANS_INTRANS);
    const Pipeline pipeline(connection);
    for (auto& statement : statements) statement.send();
    if (PQpipelineSync(connection) == 0) fail(connection, nullptr);
    if (const auto error = answers(connection)) fail(connection, error.get());
}

std::vector<engine::Row> Database::rows_of(std::string_view table, std::span<const std::string> keys) {
    auto s = prepare("SELECT key, value FROM " + std::string(table) + " WHERE key = ANY ($1::bytea[])");
    s.bind_blob(1, array_of(keys, std::identity()));
    std::vector<engine::Row> out;
    while (s.step()) out.emplace_back(s.text(0), s.text(1));
    return out;
}

std::vector<engine::Row> Database::rows_between(std::string_view table, std::span<const engine::KeyRange> ranges) {
    const std::string name(table);
    auto s = prepare("SELECT r.key, r.value FROM unnest($1::bytea[], $2::bytea[]) AS a(low, high) JOIN " + name +
                     " AS r ON r.key >= a.low AND r.key < a.high");
    s.bind_blob(1, array_of(ranges, &engine::KeyRange::from)).bind_blob(2, array_of(ranges, &engine::KeyRange::to));
    std::vector<engine::Row> out;
    while (s.step()) out.emplace_back(s.text(0), s.text(1));
    return out;
}

engine::Statement Database::prepare(std::string_view sql) {
    return engine::Statement(std::make_unique<Prepared>(session_, sql));
}

void Database::write_all(std::string_view sql, std::size_t rows,
                         const std::function<void(engine::Statement&, std::size_t)>& bind) {
    auto prepared = std::make_unique<Prepared>(session_, sql);
    auto& sends = *prepared;
    engine::Statement statement(std::move(prepared));
    const std::lock_guard guard(session_->one);
    auto* const connection = session_->connection.get();
    assert(PQtransactionStatus(connection) == PQTRANS_INTRANS);
    for (std::size_t row = 0; row < rows;) {
        const Pipeline pipeline(connection);
        for (const auto end = std::min(rows, row + rows_ahead_max); row < end; ++row) {
            bind(statement, row);
            sends.send();
        }
        if (PQpipelineSync(connection) == 0) fail(connection, nullptr);
        if (const auto error = answers(connection)) fail(connection, error.get());
    }
}

bool Database::has_table(std::string_view name) {
    auto s = prepare("VALUES ((to_regclass($1::text) IS NOT NULL)::int)");
    s.bind(1, name);
    return s.step() && s.integer(0) == 1;
}

std::vector<std::string> Database::tables_named(std::string_view beginning) {
    std::vector<std::string> out;
    auto s = prepare(
        "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() AND starts_with(tablename::text, "
        "$1::text)");
    for (s.bind(1, beginning); s.step();) out.push_back(s.text(0));
    return out;
}

std::string Database::condition(bool) {
    execute("VALUES (1)");
    return "ok";
}

std::vector<std::string> Database::notices(std::chrono::milliseconds within, int wake) {
    const std::lock_guard guard(session_->one);
    auto* const connection = session_->connection.get();
    std::vector<std::string> out;
    const auto take = [&] {
        struct Free {
            void operator()(PGnotify* n) const { PQfreemem(n); }
        };
        while (const std::unique_ptr<PGnotify, Free> one{PQnotifies(connection)}) out.emplace_back(one->extra);
    };
    take();  // those that came with the answers to statements
    std::array<pollfd, 2> both{pollfd{PQsocket(connection), POLLIN, 0}, pollfd{wake, POLLIN, 0}};
    const int wait = out.empty() ? static_cast<int>(within.count()) : 0;
    if (poll(both.data(), both.size(), wait) > 0 && both[0].revents != 0 && PQconsumeInput(connection) == 0)
        fail(connection, nullptr);
    take();
    return out;
}

void Database::begin(engine::Access access) {
    execute(access == engine::Access::write ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                                            : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; VALUES (1)");
}

}  // namespace imloop::postgres
