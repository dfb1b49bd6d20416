// The SQL of accounts, sessions and the audit log, in the SQL that SQLite and PostgreSQL share.
#pragma once

namespace imloop::hub::sql {

/// Moments are milliseconds; 0: not yet (NULL, before rows had digests). Codes, links and tokens are kept as digests
/// alone.
inline constexpr const char* accounts_tables = R"sql(
CREATE TABLE accounts (
  account TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, password TEXT NOT NULL, otp_secret BYTEA NOT NULL,
  otp_used BIGINT NOT NULL, made_at BIGINT NOT NULL, ended_at BIGINT);
CREATE TABLE account_links (
  token_sha256 TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, ends_at BIGINT NOT NULL);
CREATE TABLE recovery_codes (
  account TEXT NOT NULL, code_digest TEXT NOT NULL, PRIMARY KEY (account, code_digest));
CREATE TABLE grants (
  grant_id TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, role TEXT NOT NULL, counties TEXT NOT NULL,
  proposed_by TEXT NOT NULL, proposed_at BIGINT NOT NULL, confirmed_by TEXT NOT NULL, confirmed_at BIGINT,
  ended_at BIGINT);
CREATE TABLE sessions (
  token_sha256 TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, address TEXT NOT NULL, began_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL);
CREATE TABLE sign_ins_failed (
  name_digest TEXT NOT NULL PRIMARY KEY, in_a_row BIGINT NOT NULL, day BIGINT NOT NULL, on_day BIGINT NOT NULL,
  locked_until BIGINT NOT NULL);
CREATE TABLE audit (
  n BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL,
  reason TEXT NOT NULL, result TEXT NOT NULL, head BYTEA NOT NULL);
)sql";

// Of kept tables: which rows (hub/store/kept_table.hpp), and which end.
inline constexpr const char* accounts_all = "ORDER BY account";
inline constexpr const char* account_at = "WHERE account = $1";
inline constexpr const char* link_at = "WHERE token_sha256 = $1";
inline constexpr const char* links_drop = "DELETE FROM account_links WHERE account = $1";
inline constexpr const char* recovery_at = "WHERE account = $1 AND code_digest = $2";
inline constexpr const char* recovery_use = "DELETE FROM recovery_codes WHERE account = $1 AND code_digest = $2";
inline constexpr const char* recovery_drop = "DELETE FROM recovery_codes WHERE account = $1";
inline constexpr const char* grants_all = "ORDER BY grant_id";
inline constexpr const char* grant_at = "WHERE grant_id = $1";
inline constexpr const char* grants_of = "WHERE account = $1 ORDER BY grant_id";
inline constexpr const char* session_at = "WHERE token_sha256 = $1";
inline constexpr const char* sessions_of = "WHERE account = $1 ORDER BY began_at";
inline constexpr const char* session_drop = "DELETE FROM sessions WHERE token_sha256 = $1";
inline constexpr const char* sessions_drop = "DELETE FROM sessions WHERE account = $1";
inline constexpr const char* sessions_over =
    "DELETE FROM sessions WHERE began_at <= $1 OR seen_at <= $2 OR seen_at > $3";
inline constexpr const char* failed_at = "WHERE name_digest = $1";
inline constexpr const char* failed_drop = "DELETE FROM sign_ins_failed WHERE name_digest = $1";
/// Also of a day that has not come: that was counted by a clock that was ahead.
inline constexpr const char* failed_old =
    "DELETE FROM sign_ins_failed WHERE (day < $1 AND locked_until < $2) OR (day > $1 + 1 AND locked_until < $3)";

inline constexpr const char* audit_last = "SELECT n, head FROM audit ORDER BY n DESC LIMIT 1";
inline constexpr const char* audit_put =
    "INSERT INTO audit (n, at, who, what, about, reason, result, head) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
inline constexpr const char* audit_page =
    "SELECT n, at, who, what, about, reason, result, head FROM audit WHERE n < $1 AND at >= $2 AND at < $3 AND ($4 = "
    "'' OR who = $4) AND ($5 = '' OR what = $5) AND ($6 = '' OR result = $6) ORDER BY n DESC LIMIT $7";
inline constexpr const char* audit_from =
    "SELECT n, at, who, what, about, reason, result, head FROM audit WHERE n > $1 ORDER BY n LIMIT $2";

inline constexpr const char* audit_all = "SELECT n, at, who, what, about, reason, result, head FROM audit ORDER BY n";
inline constexpr const char* audit_erase = "DELETE FROM audit";

}  // namespace imloop::hub::sql
