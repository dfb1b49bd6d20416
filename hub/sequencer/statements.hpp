// The SQL of several hubs on one server: PostgreSQL's alone.
#pragma once

namespace imloop::hub::sql {

/// One row: whose writer may write, and until when by the server's clock; `term` counts the holders. `inbox`: what
/// hubs without it are asked, and what they are to answer; lost in a crash of the server like any request before its
/// answer. `digest`: of what is asked, then of the answer. Bytes in it are not worth compressing. The lock: two that
/// make the tables at the same time.
inline constexpr const char* sequencer_tables = R"sql(
SELECT pg_advisory_xact_lock(4803916, current_schema()::regnamespace::oid::int);
CREATE TABLE IF NOT EXISTS lease (term BIGINT NOT NULL, expires TIMESTAMPTZ NOT NULL);
INSERT INTO lease (term, expires) SELECT 0, '-infinity' WHERE NOT EXISTS (SELECT 1 FROM lease);
CREATE UNLOGGED TABLE IF NOT EXISTS inbox (
  front TEXT NOT NULL, number BIGINT NOT NULL, came TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  kind TEXT NOT NULL, words TEXT NOT NULL, bytes BYTEA NOT NULL,
  taken BIGINT NOT NULL DEFAULT 0, answer TEXT, body BYTEA, PRIMARY KEY (front, number));
ALTER TABLE inbox ADD COLUMN IF NOT EXISTS digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE inbox ALTER COLUMN bytes SET STORAGE EXTERNAL;
)sql";

inline constexpr const char* lease_take =
    "UPDATE lease SET term = term + 1, expires = clock_timestamp() + $1::float8 * interval '1 millisecond' WHERE "
    "expires <= clock_timestamp() RETURNING term";
inline constexpr const char* lease_renew =
    "UPDATE lease SET expires = clock_timestamp() + $2::float8 * interval '1 millisecond' WHERE term = $1 AND expires "
    "> clock_timestamp() RETURNING term";
inline constexpr const char* lease_release = "UPDATE lease SET expires = '-infinity' WHERE term = $1";

inline constexpr const char* inbox_put =
    "INSERT INTO inbox (front, number, kind, words, bytes, digest) VALUES ($1, $2, $3, $4, $5, $6)";
/// By the holder of term $1 alone, $2 at most, and until they have $3 bytes; `before`: in which term another had taken
/// it, who gave no answer.
inline constexpr const char* inbox_take =
    "WITH first AS (SELECT front, number, octet_length(bytes) AS size, came FROM inbox WHERE taken < $1 AND answer IS "
    "NULL ORDER BY came LIMIT $2), fits AS (SELECT front, number, SUM(size) OVER (ORDER BY came, front, number) - size "
    "AS ahead FROM first), next AS (SELECT i.front, i.number, i.taken FROM inbox i JOIN fits f ON i.front = f.front "
    "AND i.number = f.number WHERE f.ahead < $3 AND i.taken < $1 AND i.answer IS NULL AND EXISTS (SELECT 1 FROM lease "
    "WHERE term = $1) FOR UPDATE OF i), took AS (UPDATE inbox i SET taken = $1 FROM next n WHERE i.front = n.front AND "
    "i.number = n.number RETURNING i.front, i.number, n.taken AS before, i.kind, i.words, i.bytes, i.digest, i.came) "
    "SELECT front, number, before, kind, words, bytes, digest FROM took ORDER BY came, front, number";
inline constexpr const char* inbox_taken = "SELECT front, number FROM inbox WHERE taken = $1 AND answer IS NULL";
/// From here on `came` is when it was answered: it is kept a while for its front.
inline constexpr const char* inbox_answer =
    "UPDATE inbox SET answer = $3, body = $4, digest = $5, came = clock_timestamp() WHERE front = $1 AND number = $2";
/// Not where another holder has taken it since.
inline constexpr const char* inbox_put_back =
    "UPDATE inbox SET taken = 0 WHERE front = $1 AND number = $2 AND taken = $3";
inline constexpr const char* inbox_fetch =
    "DELETE FROM inbox WHERE front = $1 AND answer IS NOT NULL RETURNING number, answer, body, digest";
inline constexpr const char* inbox_tidy =
    "DELETE FROM inbox WHERE answer IS NOT NULL AND came < clock_timestamp() - $1::float8 * interval '1 second'";
/// One channel for all: `asked`, `answered FRONT`, and what the sequencer tells all hubs.
inline constexpr const char* notify = "SELECT pg_notify('imloop', $1)";
inline constexpr const char* listen = "LISTEN imloop";

}  // namespace imloop::hub::sql
