// Every SQL statement of the outbox.
#pragma once

namespace imloop::station::sql {

inline constexpr const char* schema = R"sql(
CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lines (
  seq BIGINT NOT NULL PRIMARY KEY, record_id TEXT NOT NULL, bytes BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS cuts (
  first BIGINT NOT NULL PRIMARY KEY, last BIGINT NOT NULL, bytes BYTEA NOT NULL, receipt BYTEA);
CREATE TABLE IF NOT EXISTS outcomes (seq BIGINT NOT NULL PRIMARY KEY, status TEXT NOT NULL, outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS traces (sha256 TEXT NOT NULL PRIMARY KEY, csv BYTEA NOT NULL, sent BIGINT NOT NULL);
)sql";
inline constexpr const char* record_index = "CREATE INDEX IF NOT EXISTS lines_record ON lines (record_id)";

inline constexpr const char* meta_get = "SELECT value FROM meta WHERE name = $1";
inline constexpr const char* meta_put =
    "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2";
inline constexpr const char* meta_drop = "DELETE FROM meta WHERE name = $1";

inline constexpr const char* line_put = "INSERT INTO lines (seq, record_id, bytes) VALUES ($1, $2, $3)";
inline constexpr const char* line_last = "SELECT COALESCE(MAX(seq), 0) FROM lines";
inline constexpr const char* line_of_record =
    "SELECT l.seq, l.bytes, COALESCE(o.status, '') FROM lines l LEFT JOIN outcomes o ON o.seq = l.seq "
    "WHERE l.record_id = $1 ORDER BY l.seq";
inline constexpr const char* lines_from = "SELECT bytes FROM lines WHERE seq >= $1 ORDER BY seq LIMIT $2";
inline constexpr const char* queue =
    "SELECT l.seq, l.record_id, COALESCE(o.status, ''), COALESCE(o.outcome, '') FROM lines l "
    "LEFT JOIN outcomes o ON o.seq = l.seq WHERE l.seq > $1 ORDER BY l.seq LIMIT $2";
inline constexpr const char* recent =
    "SELECT l.seq, l.record_id, COALESCE(o.status, ''), COALESCE(o.outcome, ''), l.bytes FROM lines l "
    "LEFT JOIN outcomes o ON o.seq = l.seq WHERE l.seq < $1 AND ($2 = '' OR COALESCE(o.status, 'waiting') = $2) "
    "ORDER BY l.seq DESC LIMIT $3";
/// Rejected, and no line of the same record was accepted.
inline constexpr const char* unmended =
    "SELECT l.seq, l.record_id, o.status, o.outcome, l.bytes FROM outcomes o JOIN lines l ON l.seq = o.seq "
    "WHERE o.status = 'rejected' AND NOT EXISTS (SELECT 1 FROM lines m JOIN outcomes p ON p.seq = m.seq "
    "WHERE m.record_id = l.record_id AND p.status <> 'rejected') ORDER BY l.seq DESC LIMIT $1";
inline constexpr const char* receipt_of =
    "SELECT receipt FROM cuts WHERE last >= $1 AND first <= $1 AND receipt IS NOT NULL ORDER BY last LIMIT 1";
inline constexpr const char* counts = "SELECT status, COUNT(*) FROM outcomes GROUP BY status";

inline constexpr const char* cut_put = "INSERT INTO cuts (first, last, bytes) VALUES ($1, $2, $3)";
inline constexpr const char* cut_waiting =
    "SELECT first, last, bytes FROM cuts WHERE receipt IS NULL ORDER BY first LIMIT 1";
inline constexpr const char* cut_last = "SELECT last, bytes FROM cuts ORDER BY first DESC LIMIT 1";
inline constexpr const char* cut_acknowledged = "SELECT COALESCE(MAX(last), 0) FROM cuts WHERE receipt IS NOT NULL";
inline constexpr const char* cuts_all = "SELECT bytes, receipt FROM cuts ORDER BY first";
inline constexpr const char* cut_receipt = "UPDATE cuts SET receipt = $2 WHERE first = $1";
inline constexpr const char* cuts_forget_receipts = "UPDATE cuts SET receipt = NULL WHERE last >= $1";
inline constexpr const char* cuts_drop = "DELETE FROM cuts";
inline constexpr const char* cuts_drop_waiting = "DELETE FROM cuts WHERE receipt IS NULL";
inline constexpr const char* outcomes_forget = "DELETE FROM outcomes WHERE seq >= $1";
inline constexpr const char* outcomes_drop = "DELETE FROM outcomes";
inline constexpr const char* outcome_put =
    "INSERT INTO outcomes (seq, status, outcome) VALUES ($1, $2, $3) "
    "ON CONFLICT (seq) DO UPDATE SET status = $2, outcome = $3";

inline constexpr const char* trace_put =
    "INSERT INTO traces (sha256, csv, sent) VALUES ($1, $2, 0) ON CONFLICT (sha256) DO NOTHING";
inline constexpr const char* trace_waiting = "SELECT sha256, csv FROM traces WHERE sent = 0 ORDER BY sha256 LIMIT 1";
inline constexpr const char* trace_sent = "UPDATE traces SET sent = 1 WHERE sha256 = $1";
inline constexpr const char* trace_unsent = "UPDATE traces SET sent = 0 WHERE sha256 = $1";
inline constexpr const char* traces_waiting_count = "SELECT COUNT(*) FROM traces WHERE sent = 0";

/// Of `intake.sqlite`: what watched folders gave.
inline constexpr const char* ledger_schema = R"sql(
CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
  id BIGINT NOT NULL PRIMARY KEY, folder TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, taken_at BIGINT NOT NULL,
  outcome TEXT NOT NULL, kept_at TEXT NOT NULL, records TEXT NOT NULL, problems TEXT NOT NULL, is_open BIGINT NOT NULL,
  UNIQUE (folder, name, sha256));
)sql";
inline constexpr const char* ledger_open_index = "CREATE INDEX IF NOT EXISTS files_open ON files (is_open, taken_at)";
/// Records of an older reader that this one reads otherwise.
inline constexpr const char* ledger_read_better =
    "CREATE TABLE IF NOT EXISTS read_better (record_id TEXT NOT NULL PRIMARY KEY, reader BIGINT NOT NULL)";
inline constexpr const char* read_better_put =
    "INSERT INTO read_better (record_id, reader) VALUES ($1, $2) ON CONFLICT (record_id) DO UPDATE SET reader = $2";
inline constexpr const char* read_better_count = "SELECT COUNT(*) FROM read_better WHERE reader = $1";
inline constexpr const char* read_better_some =
    "SELECT record_id FROM read_better WHERE reader = $1 ORDER BY record_id LIMIT $2";
inline constexpr const char* file_last = "SELECT COALESCE(MAX(id), 0) FROM files";
inline constexpr const char* file_put =
    "INSERT INTO files (id, folder, name, sha256, taken_at, outcome, kept_at, records, problems, is_open) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
inline constexpr const char* file_drop = "DELETE FROM files WHERE folder = $1 AND name = $2 AND sha256 = $3";
inline constexpr const char* file_close_earlier =
    "UPDATE files SET is_open = 0 WHERE folder = $1 AND name = $2 AND id <> $3";
inline constexpr const char* file_close = "UPDATE files SET is_open = 0 WHERE id = $1";
inline constexpr const char* file_known = "SELECT id FROM files WHERE folder = $1 AND name = $2 AND sha256 = $3";
inline constexpr const char* file_named =
    "SELECT id, folder, name, sha256, taken_at, outcome, kept_at, records, problems, "
    "is_open FROM files WHERE id = $1";
inline constexpr const char* files_recent =
    "SELECT id, folder, name, sha256, taken_at, outcome, kept_at, records, problems, "
    "is_open FROM files WHERE is_open >= $1 ORDER BY id DESC LIMIT $2";
inline constexpr const char* files_open_count = "SELECT COUNT(*) FROM files WHERE is_open = 1";
inline constexpr const char* files_today = "SELECT COUNT(*) FROM files WHERE taken_at >= $1 AND outcome = 'accepted'";

}  // namespace imloop::station::sql
