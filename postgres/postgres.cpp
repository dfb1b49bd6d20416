#include "postgres/postgres.hpp"

#include <libpq-fe.h>

#include <array>
#include <cassert>
#include <vector>

namespace imloop::postgres {
namespace {

/// Rows sent before their answers are read; these must fit into the socket meanwhile.
constexpr std::size_t rows_ahead_max = 256;

// Types of columns, as the server numbers them.
constexpr Oid int8_type = 20, int2_type = 21, int4_type = 23;

struct Clear {
    void operator()(PGresult* r) const { PQclear(r); }
};
using Result = std::unique_ptr<PGresult, Clear>;

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
    void put(int number, std::string value, int form) {
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

void Database::define_rows(std::string_view table) {
    execute("CREATE TABLE IF NOT EXISTS " + std::string(table) +
            " (key BYTEA NOT NULL PRIMARY KEY, value BYTEA NOT NULL)");
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

std::string Database::condition(bool) {
    execute("VALUES (1)");
    return "ok";
}

void Database::begin(engine::Access access) {
    execute(access == engine::Access::write ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                                            : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; VALUES (1)");
}

}  // namespace imloop::postgres
