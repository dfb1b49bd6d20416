// The audit log: a chain of rows, each with the digest over itself and the one before. What was changed, left out or
// put in between is found where it stands. Nothing in it tells what was cut off at its end, or that all of it was made
// anew: number and head that were noted elsewhere do.
// head(n) = SHA-256(head(n-1) SHA-256(fields of row n, each behind its length)), head(0) =
// SHA-256("imloop/audit/v1\n").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "loop/time.hpp"

namespace imloop::hub {

/// No plate, VIN or name of an owner stands in one: records by their ids, searches by a keyed digest.
struct AuditEntry {
    std::int64_t n = 0;  ///< from 1
    loop::Moment at = 0;
    std::string who;     ///< an account; `-` before any is known, `shell` at the server itself
    std::string what;    ///< sign_in, refused, search, reveal, decide, grant, …
    std::string about;   ///< an id
    std::string reason;  ///< as it was stated
    std::string result;  ///< ok, or the code it was refused with
    std::string head;    ///< hex
};

/// In the writer's transaction. `n` and `head` of the entry are set here.
void put_audit(engine::Connection&, AuditEntry);

struct AuditWanted {
    loop::Moment from = 0, to = 0;    ///< half open; `to` 0: without end
    std::string who, what, result;    ///< empty: all
    std::int64_t before = INT64_MAX;  ///< entries below this number
};
/// The newest first, `limit` at most.
std::vector<AuditEntry> audit_entries(engine::Connection&, const AuditWanted&, std::size_t limit);

struct AuditVerdict {
    std::int64_t entries = 0;  ///< those that hold, from the first on
    std::string head;          ///< of the last of them
    std::optional<std::int64_t> broken_at;
    std::string noted_head;  ///< of the entry of the number that was noted; empty where that is not there, or broken
};
/// `noted`: the number of an entry whose head somebody keeps; 0: none.
AuditVerdict verify_audit(engine::Connection&, std::int64_t noted = 0);

}  // namespace imloop::hub
