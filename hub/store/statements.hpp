// Every SQL statement of the hub, in the SQL that SQLite and PostgreSQL share. What may have many rows is read by pages
// in the order of its key.
// The journal is the truth and grows by whole sealed segments, in order: few, sequential writes. Distribution column of
// what grows: source_id for the journal, sha256 for process data.
#pragma once

#include <string>
#include <string_view>

namespace imloop::hub::sql {

inline constexpr const char* schema = R"sql(
CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS segments (
  source_id TEXT NOT NULL, epoch TEXT NOT NULL, first BIGINT NOT NULL, last BIGINT NOT NULL,
  position BIGINT NOT NULL, bytes BYTEA NOT NULL, receipt BYTEA NOT NULL,
  PRIMARY KEY (source_id, epoch, last));
CREATE TABLE IF NOT EXISTS traces (
  sha256 TEXT NOT NULL PRIMARY KEY, source_id TEXT NOT NULL, received_at BIGINT NOT NULL, bytes BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS clearances (
  source_id TEXT NOT NULL, asked_at BIGINT NOT NULL, vehicle_id TEXT NOT NULL, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS invites (
  code_sha256 TEXT NOT NULL PRIMARY KEY, source_id TEXT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT);
CREATE TABLE IF NOT EXISTS alarms (
  source_id TEXT NOT NULL, epoch TEXT NOT NULL, first BIGINT NOT NULL, raised_at BIGINT NOT NULL,
  code TEXT NOT NULL, bytes BYTEA NOT NULL);
)sql";

/// Drawn from `traces`, and to be drawn anew at any time.
inline constexpr const char* figures_table = R"sql(
CREATE TABLE IF NOT EXISTS trace_figures (
  sha256 TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, bytes BYTEA NOT NULL);
)sql";

/// Of each row, over all its other columns (store.cpp, `row_digest`): what a disk changed is noticed when it is read.
/// Rows of `meta` that the form itself keeps have none.
inline constexpr const char* digest_columns = R"sql(
ALTER TABLE meta ADD COLUMN digest BYTEA;
ALTER TABLE segments ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE traces ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE trace_figures ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
)sql";

/// Each alarm once, with how often it came; `head` is the chain's, so that what is only sealed anew is the same, and
/// empty where further ones of an epoch are counted together.
inline constexpr const char* alarms_set_aside = "alarms_before";
inline constexpr const char* alarms_rename = "ALTER TABLE alarms RENAME TO alarms_before";
inline constexpr const char* alarms_table = R"sql(
CREATE TABLE alarms (
  source_id TEXT NOT NULL, epoch TEXT NOT NULL, code TEXT NOT NULL, first BIGINT NOT NULL, head TEXT NOT NULL,
  raised_at BIGINT NOT NULL, latest_at BIGINT NOT NULL, times BIGINT NOT NULL, bytes BYTEA NOT NULL,
  PRIMARY KEY (source_id, epoch, code, first, head));
)sql";
inline constexpr const char* alarms_before =
    "SELECT source_id, epoch, first, raised_at, code, bytes FROM alarms_before ORDER BY raised_at";
inline constexpr const char* alarms_before_drop = "DROP TABLE alarms_before";

/// The last one given to each key, to be given again while it is young.
inline constexpr const char* certificates_table = R"sql(
CREATE TABLE IF NOT EXISTS certificates (kid TEXT NOT NULL PRIMARY KEY, issued_at BIGINT NOT NULL, pem TEXT NOT NULL);
)sql";

/// What stands in kept_tables gets its digests; moments that have not come are 0 from here on; clearances get a key.
inline constexpr const char* clearances_rename = "ALTER TABLE clearances RENAME TO clearances_before";
inline constexpr const char* kept_digests = R"sql(
CREATE TABLE clearances (
  number BIGINT NOT NULL PRIMARY KEY, source_id TEXT NOT NULL, asked_at BIGINT NOT NULL, vehicle_id TEXT NOT NULL,
  answer TEXT NOT NULL, digest BYTEA NOT NULL DEFAULT '\x');
ALTER TABLE invites ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE certificates ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE alarms ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE accounts ADD COLUMN unit TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE account_links ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE recovery_codes ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE grants ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE sessions ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
ALTER TABLE sign_ins_failed ADD COLUMN digest BYTEA NOT NULL DEFAULT '\x';
UPDATE invites SET used_at = 0 WHERE used_at IS NULL;
UPDATE accounts SET ended_at = 0 WHERE ended_at IS NULL;
UPDATE grants SET confirmed_at = 0 WHERE confirmed_at IS NULL;
UPDATE grants SET ended_at = 0 WHERE ended_at IS NULL;
INSERT INTO clearances (number, source_id, asked_at, vehicle_id, answer)
  SELECT ROW_NUMBER() OVER (ORDER BY asked_at, source_id), source_id, asked_at, vehicle_id, answer
  FROM clearances_before;
DROP TABLE clearances_before;
)sql";

inline constexpr const char* segments_index = "CREATE INDEX IF NOT EXISTS segments_position ON segments (position)";

inline constexpr const char* meta_get = "SELECT value FROM meta WHERE name = $1";
inline constexpr const char* meta_put =
    "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2";
inline constexpr const char* meta_put_whole =
    "INSERT INTO meta (name, value, digest) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET value = $2, digest = "
    "$3";
inline constexpr const char* meta_all =
    "SELECT name, value, COALESCE(digest, '') FROM meta WHERE name <> 'schema_version' ORDER BY name";

inline constexpr const char* segment_put =
    "INSERT INTO segments (source_id, epoch, first, last, position, bytes, receipt, digest) VALUES ($1, $2, $3, $4, "
    "$5, $6, $7, $8)";
inline constexpr const char* segment_find =
    "SELECT source_id, epoch, first, last, position, bytes, receipt, digest FROM segments WHERE source_id = $1 AND "
    "epoch = $2 AND last >= $3 ORDER BY last LIMIT 1";
inline constexpr const char* segments_page =
    "SELECT source_id, epoch, first, last, position, bytes, receipt, digest FROM segments WHERE position > $1 ORDER BY "
    "position LIMIT $2";
inline constexpr const char* segments_of_source =
    "SELECT source_id, epoch, first, last, position, bytes, receipt, digest FROM segments WHERE source_id = $1 AND "
    "position > $2 ORDER BY position LIMIT $3";
inline constexpr const char* segment_at =
    "SELECT source_id, epoch, first, last, position, bytes, receipt, digest FROM segments WHERE position = $1";
inline constexpr const char* segment_keys =
    "SELECT position, digest FROM segments WHERE position > $1 ORDER BY position LIMIT $2";
inline constexpr const char* segment_digest_put = "UPDATE segments SET digest = $2 WHERE position = $1";
inline constexpr const char* segment_any = "SELECT 1 FROM segments LIMIT 1";
inline constexpr const char* last_position = "SELECT COALESCE(MAX(position), 0) FROM segments";
inline constexpr const char* segments_count = "SELECT COUNT(*), COALESCE(MAX(position), 0) FROM segments";

inline constexpr const char* trace_put =
    "INSERT INTO traces (sha256, source_id, received_at, bytes, digest) VALUES ($1, $2, $3, $4, $5) ON CONFLICT "
    "(sha256) DO NOTHING";
inline constexpr const char* trace_get =
    "SELECT sha256, source_id, received_at, bytes, digest FROM traces WHERE sha256 = $1";
inline constexpr const char* traces_page =
    "SELECT sha256, source_id, received_at, bytes, digest FROM traces WHERE sha256 > $1 ORDER BY sha256 LIMIT $2";
inline constexpr const char* trace_digest_put = "UPDATE traces SET digest = $2 WHERE sha256 = $1";

inline constexpr const char* trace_keys =
    "SELECT sha256, digest FROM traces WHERE sha256 > $1 ORDER BY sha256 LIMIT $2";
inline constexpr const char* trace_digests = "SELECT sha256 FROM traces ORDER BY sha256";
inline constexpr const char* figures_put =
    "INSERT INTO trace_figures (sha256, version, bytes, digest) VALUES ($1, $2, $3, $4) ON CONFLICT (sha256) DO UPDATE "
    "SET version = $2, bytes = $3, digest = $4";
inline constexpr const char* figures_page =
    "SELECT sha256, version, bytes, digest FROM trace_figures WHERE sha256 > $1 ORDER BY sha256 LIMIT $2";
inline constexpr const char* figures_get = "SELECT sha256, version, bytes, digest FROM trace_figures WHERE sha256 = $1";
inline constexpr const char* figures_keys =
    "SELECT sha256, digest FROM trace_figures WHERE sha256 > $1 ORDER BY sha256 LIMIT $2";
inline constexpr const char* figures_digest_put = "UPDATE trace_figures SET digest = $2 WHERE sha256 = $1";

// Of kept tables: which rows (kept_table.hpp).
inline constexpr const char* last_clearance = "SELECT COALESCE(MAX(number), 0) FROM clearances";
inline constexpr const char* invite_at = "WHERE code_sha256 = $1";
inline constexpr const char* certificate_at = "WHERE kid = $1";
inline constexpr const char* alarm_at =
    "WHERE source_id = $1 AND epoch = $2 AND code = $3 AND first = $4 AND head = $5";
inline constexpr const char* alarms_count =
    "SELECT COUNT(*) FROM alarms WHERE source_id = $1 AND epoch = $2 AND code = $3";
/// The newest first, those of one moment in the order of their keys. $1, $2: the moment and key of the last one seen.
inline constexpr const char* alarms_page =
    "WHERE latest_at >= $4 AND (latest_at < $1 OR (latest_at = $1 AND source_id || '|' || epoch || '|' || code || '|' "
    "|| CAST(first AS TEXT) || '|' || head > $2)) ORDER BY latest_at DESC, source_id || '|' || epoch || '|' || code || "
    "'|' || CAST(first AS TEXT) || '|' || head LIMIT $3";
inline constexpr const char* forks = "WHERE code = 'journal_fork' AND head <> '' ORDER BY raised_at";

// Rows of a projection (stored_rows.hpp): one text a table.
inline std::string row_find(std::string_view table) {
    return "SELECT value FROM " + std::string(table) + " WHERE key = $1";
}
inline std::string rows_between(std::string_view table) {
    return "SELECT key, value FROM " + std::string(table) + " WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3";
}
inline std::string rows_from(std::string_view table) {
    return "SELECT key, value FROM " + std::string(table) + " WHERE key >= $1 ORDER BY key LIMIT $2";
}
inline std::string rows_drop(std::string_view table) { return "DROP TABLE IF EXISTS " + std::string(table); }
inline std::string rows_rename(std::string_view table, std::string_view to) {
    return "ALTER TABLE " + std::string(table) + " RENAME TO " + std::string(to);
}
inline std::string rows_erase(std::string_view table) { return "DELETE FROM " + std::string(table); }

}  // namespace imloop::hub::sql
