// The SQL of accounts, sessions and the audit log, in the SQL that SQLite and PostgreSQL share.
#pragma once

namespace imloop::hub::sql {

/// Moments are milliseconds; NULL: not yet. Codes, links and tokens are kept as digests alone.
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

inline constexpr const char* account_put =
    "INSERT INTO accounts (account, name, password, otp_secret, otp_used, made_at) VALUES ($1, $2, '', $3, 0, $4)";
inline constexpr const char* accounts_all =
    "SELECT account, name, password, otp_secret, otp_used, made_at, COALESCE(ended_at, 0) FROM accounts ORDER BY "
    "account";
inline constexpr const char* account_get =
    "SELECT account, name, password, otp_secret, otp_used, made_at, COALESCE(ended_at, 0) FROM accounts WHERE account "
    "= $1";
inline constexpr const char* account_password_put = "UPDATE accounts SET password = $2 WHERE account = $1";
inline constexpr const char* account_otp_put = "UPDATE accounts SET otp_secret = $2, otp_used = $3 WHERE account = $1";
inline constexpr const char* account_otp_use = "UPDATE accounts SET otp_used = $2 WHERE account = $1";
inline constexpr const char* account_end = "UPDATE accounts SET ended_at = $2 WHERE account = $1";

inline constexpr const char* link_put =
    "INSERT INTO account_links (token_sha256, account, ends_at) VALUES ($1, $2, $3)";
inline constexpr const char* link_get =
    "SELECT account, ends_at FROM account_links WHERE token_sha256 = $1 AND ends_at > $2";
inline constexpr const char* links_drop = "DELETE FROM account_links WHERE account = $1";

inline constexpr const char* recovery_put = "INSERT INTO recovery_codes (account, code_digest) VALUES ($1, $2)";
inline constexpr const char* recovery_use =
    "DELETE FROM recovery_codes WHERE account = $1 AND code_digest = $2 RETURNING code_digest";
inline constexpr const char* recovery_drop = "DELETE FROM recovery_codes WHERE account = $1";
inline constexpr const char* recovery_count = "SELECT COUNT(*) FROM recovery_codes WHERE account = $1";

inline constexpr const char* grant_put =
    "INSERT INTO grants (grant_id, account, role, counties, proposed_by, proposed_at, confirmed_by) VALUES ($1, $2, "
    "$3, $4, $5, $6, '')";
inline constexpr const char* grants_all =
    "SELECT grant_id, account, role, counties, proposed_by, proposed_at, confirmed_by, COALESCE(confirmed_at, 0), "
    "COALESCE(ended_at, 0) FROM grants ORDER BY grant_id";
inline constexpr const char* grants_of =
    "SELECT grant_id, account, role, counties, proposed_by, proposed_at, confirmed_by, COALESCE(confirmed_at, 0), "
    "COALESCE(ended_at, 0) FROM grants WHERE account = $1 ORDER BY grant_id";
inline constexpr const char* grant_confirm =
    "UPDATE grants SET confirmed_by = $2, confirmed_at = $3 WHERE grant_id = $1 AND confirmed_at IS NULL AND ended_at "
    "IS NULL RETURNING account";
inline constexpr const char* grant_end =
    "UPDATE grants SET ended_at = $2 WHERE grant_id = $1 AND ended_at IS NULL RETURNING account";

inline constexpr const char* session_put =
    "INSERT INTO sessions (token_sha256, account, address, began_at, seen_at) VALUES ($1, $2, $3, $4, $4)";
inline constexpr const char* session_get =
    "SELECT token_sha256, account, address, began_at, seen_at FROM sessions WHERE token_sha256 = $1";
inline constexpr const char* sessions_of =
    "SELECT token_sha256, account, address, began_at, seen_at FROM sessions WHERE account = $1 ORDER BY began_at";
inline constexpr const char* session_seen = "UPDATE sessions SET seen_at = $2 WHERE token_sha256 = $1";
inline constexpr const char* session_drop = "DELETE FROM sessions WHERE token_sha256 = $1";
inline constexpr const char* sessions_drop = "DELETE FROM sessions WHERE account = $1";
inline constexpr const char* sessions_over =
    "DELETE FROM sessions WHERE began_at <= $1 OR seen_at <= $2 OR seen_at > $3";

inline constexpr const char* failed_get =
    "SELECT in_a_row, day, on_day, locked_until FROM sign_ins_failed WHERE name_digest = $1";
inline constexpr const char* failed_put =
    "INSERT INTO sign_ins_failed (name_digest, in_a_row, day, on_day, locked_until) VALUES ($1, $2, $3, $4, $5) ON "
    "CONFLICT (name_digest) DO UPDATE SET in_a_row = $2, day = $3, on_day = $4, locked_until = $5";
inline constexpr const char* failed_drop = "DELETE FROM sign_ins_failed WHERE name_digest = $1";
inline constexpr const char* failed_erase = "DELETE FROM sign_ins_failed";
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

// Whole rows, for a copy of the store. Sessions, one-time links and failed tries are not taken along. PostgreSQL takes
// the type of a parameter beside a literal from that, and a moment is no int4: hence the casts.
inline constexpr const char* account_copy =
    "INSERT INTO accounts (account, name, password, otp_secret, otp_used, made_at, ended_at) VALUES ($1, $2, $3, $4, "
    "$5, $6, NULLIF(CAST($7 AS BIGINT), 0))";
inline constexpr const char* recovery_rows = "SELECT account, code_digest FROM recovery_codes";
inline constexpr const char* grant_copy =
    "INSERT INTO grants (grant_id, account, role, counties, proposed_by, proposed_at, confirmed_by, confirmed_at, "
    "ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULLIF(CAST($8 AS BIGINT), 0), NULLIF(CAST($9 AS BIGINT), 0))";

inline constexpr const char* audit_all = "SELECT n, at, who, what, about, reason, result, head FROM audit ORDER BY n";
inline constexpr const char* accounts_erase = "DELETE FROM accounts";
inline constexpr const char* recovery_erase = "DELETE FROM recovery_codes";
inline constexpr const char* grants_erase = "DELETE FROM grants";
inline constexpr const char* audit_erase = "DELETE FROM audit";

}  // namespace imloop::hub::sql
