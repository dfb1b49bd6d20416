// A store copied to another place, of either engine, while a hub goes on writing to the first. What follows from the
// journals is not copied: the first start on the copy makes it anew.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/engine.hpp"

namespace imloop::hub {

/// Rows of meta. A copy knows that it is one until it is served, and while it is not whole it can't be.
inline constexpr const char* is_backup = "is_backup";
inline constexpr const char* is_unfinished = "is_unfinished";

/// What the copy holds.
struct Copied {
    std::int64_t segments = 0, traces = 0;
    std::int64_t damaged = 0;  ///< rows that were damaged in the first place, copied as they are
};
/// Told after every page: how many rows of a table were looked at.
using CopyProgress = std::function<void(const char* table, std::int64_t rows)>;

/// Copies what `from` holds at this moment and holds the copy against it, row by row. Where `to` is a copy of the same
/// hub that was cut short, or of an earlier moment and not served since, it gets what it lacks. Throws StoreError where
/// `to` holds anything else, and where the copy is not equal in the end.
Copied copy_store(const std::string& from, const std::string& to, const CopyProgress&);
/// The same between connections: `from` within a snapshot, `to` of the newest form.
Copied copy_rows(engine::Connection& from, engine::Connection& to, const CopyProgress&);

}  // namespace imloop::hub
