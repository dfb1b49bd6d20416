// Opening a database: what stands against it is said with what to do.
#include <fmt/format.h>
#include <libpq-fe.h>

#include <array>

#include "postgres/postgres.hpp"
#include "postgres/result.hpp"

namespace imloop::postgres {
namespace {

using engine::StoreError;

constexpr int server_version_min = 150000;
/// Rights that the role lacks, one a row. A hub deletes nothing but what follows from its journals and what
/// is used up or over.
constexpr const char* missing_rights = R"sql(
SELECT 'USAGE ON SCHEMA, CREATE ON SCHEMA' WHERE current_schema() IS NULL
UNION ALL
SELECT 'CREATE ON SCHEMA ' || current_schema() WHERE to_regclass('meta') IS NULL AND $1 = 'writer'
  AND NOT has_schema_privilege(current_schema(), 'CREATE')
UNION ALL
SELECT r || ' ON ' || c.relname FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) r
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND (r = 'SELECT' OR $1 = 'writer')
  AND (r <> 'DELETE' OR c.relname ~ '^(new_)?(loop_|watch_|(records|registrations|episodes|episode_shops|codes|flags)$)|^(inbox|sessions|account_links|recovery_codes|sign_ins_failed)$')
  AND NOT has_table_privilege(c.oid, r)
ORDER BY 1)sql";
/// What is committed is on the disk, whatever the server's or role's own setting; a connection whose other end is gone
/// lets go of what it locked soon. Both in seconds. Rows are asked for by key alone, whatever a server that has not
/// looked at a new table yet would guess.
constexpr const char* settings = R"sql(
SET client_min_messages = error;
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET jit = off;
SET plan_cache_mode = force_generic_plan;
SET tcp_keepalives_idle = 10;
SET tcp_keepalives_interval = 5;
SET tcp_keepalives_count = 3;
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local'))sql";

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// Without the line's end, and on one line.
std::string said(const char* by_server) {
    std::string out(by_server);
    while (!out.empty() && out.back() == '\n') out.pop_back();
    for (auto& c : out)
        if (c == '\n') c = ' ';
    return out;
}

void run(PGconn* connection, const char* sql) {
    const Result out(PQexec(connection, sql));
    const auto status = PQresultStatus(out.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) fail(connection, out.get());
}

void look_over(PGconn* connection, const std::string& place, Role role) {
    const auto refuse = [&](const std::string& zh, const std::string& en) {
        throw StoreError(fmt::format("{}：{} / {}: {}", place, zh, place, en));
    };
    if (const auto problem = version_problem(PQserverVersion(connection))) throw StoreError(place + "：" + *problem);
    const auto status = [&](const char* name) {
        const auto* value = PQparameterStatus(connection, name);
        return std::string(value == nullptr ? "" : value);
    };
    if (status("server_encoding") != "UTF8")
        refuse("数据库的编码是 " + status("server_encoding") + "，要 UTF8：createdb -E UTF8 -T template0",
               "the database's encoding is " + status("server_encoding") +
                   ", UTF8 is needed: createdb -E UTF8 -T template0");
    if (role == Role::writer && status("in_hot_standby") == "on")
        refuse("是只读的备用服务器，请指主服务器", "is a standby that only reads, name the primary");
    const std::array<const char*, 1> as{role == Role::writer ? "writer" : "reader"};
    const Result lacking(PQexecParams(connection, missing_rights, 1, nullptr, as.data(), nullptr, nullptr, 0));
    if (PQresultStatus(lacking.get()) != PGRES_TUPLES_OK) fail(connection, lacking.get());
    std::string rights;
    for (int n = 0; n < PQntuples(lacking.get()); ++n)
        rights += (n > 0 ? "; " : "") + std::string(PQgetvalue(lacking.get(), n, 0));
    if (!rights.empty())
        refuse(fmt::format("角色 {} 缺权限：{}；由数据库管理员 GRANT", PQuser(connection), rights),
               fmt::format("role {} lacks rights: {}; the database's administrator grants them", PQuser(connection),
                           rights));
}

}  // namespace

std::optional<std::string> version_problem(int server_version) {
    if (server_version >= server_version_min) return std::nullopt;
    return fmt::format(
        "数据库服务是 PostgreSQL {0}，要 15 或更新 / the server is PostgreSQL {0}, 15 or later is needed",
        server_version / 10000);
}

std::string shown(const std::string& url) {
    char* error = nullptr;
    const Options options(PQconninfoParse(url.c_str(), &error), &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> freed(error, &PQfreemem);
    if (!options)
        // What libpq says may hold the address whole, password and all.
        throw StoreError(
            "数据库地址不对，形如 postgresql:///库名?host=/run/postgresql 或 postgresql://用户@主机:5432/库名 / no "
            "address "
            "of a database, it is like postgresql:///NAME?host=/run/postgresql or postgresql://USER@HOST:5432/NAME");
    std::string host, port, name;
    for (const auto* o = options.get(); o->keyword != nullptr; ++o) {
        const std::string_view keyword(o->keyword), value(o->val == nullptr ? "" : o->val);
        if (keyword == "host") host = value;
        if (keyword == "port" && !value.empty()) port = ":" + std::string(value);
        if (keyword == "dbname") name = value;
    }
    return "postgresql://" + host + port + "/" + name;
}

std::shared_ptr<Session> open(const std::string& url, Role role) {
    const auto place = shown(url);
    // Those before the address give way to what it says, those behind it do not. Seconds, milliseconds.
    const std::array<const char*, 6> names{"application_name", "connect_timeout", "tcp_user_timeout",
                                           "dbname",           "client_encoding", nullptr};
    const std::array<const char*, 6> values{"imloop-hub", "10", "30000", url.c_str(), "UTF8", nullptr};
    auto session = std::make_shared<Session>();
    session->connection.reset(PQconnectdbParams(names.data(), values.data(), 1));
    auto* const connection = session->connection.get();
    if (PQstatus(connection) != CONNECTION_OK)
        throw engine::ConnectionLost(
            fmt::format("连不上数据库 {0}：看服务是否在运行，库和角色是否已建 / can't connect to the database {0}: see "
                        "whether the server runs and has the database and the role ({1})",
                        place, said(PQerrorMessage(connection))));
    PQsetErrorVerbosity(connection, PQERRORS_TERSE);  // its details tell values of rows
    run(connection, settings);
    look_over(connection, place, role);
    return session;
}

void fail(pg_conn* connection, const pg_result* result) {
    const char* field = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string_view code = field == nullptr ? "" : field;
    const auto words = said(result == nullptr ? PQerrorMessage(connection) : PQresultErrorMessage(result));
    if (PQstatus(connection) == CONNECTION_BAD || code.starts_with("08") || code.starts_with("57P") || code == "25P03")
        throw engine::ConnectionLost(
            "与数据库的连接断了，会再连 / the connection to the database is lost, it is tried again (" + words + ")");
    if (code == "53100") throw engine::DiskFull();
    if (code == "55P03" || code == "40001" || code == "40P01") throw engine::Busy(words);
    if (code.starts_with("22") || code.starts_with("23")) throw engine::Constraint(words);
    if (code == "XX001" || code == "XX002") throw engine::DamagedFile(words);
    if (code == "42501")
        throw StoreError(
            "角色缺权限，由数据库管理员 GRANT / the role lacks a right, the database's administrator grants "
            "it (" +
            words + ")");
    throw StoreError(words);
}

}  // namespace imloop::postgres
