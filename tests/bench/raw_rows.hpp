// The floor that a hub on SQLite is held against: a loop of prepared statements.
#pragma once

#include <filesystem>

namespace imloop::test {

/// Seconds to write the rows of this database, as they are now, into the same tables of a new one, settings likewise:
/// in `commits` transactions, each with its share of every table, spread over its keys. Reading them is not counted.
double raw_seconds(const std::filesystem::path& database, std::size_t commits);

}  // namespace imloop::test
