// Where a store is: a file of SQLite, or an address of PostgreSQL (`postgresql://…`, as libpq takes it).
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/engine.hpp"

namespace imloop::hub {

/// The store of a data folder: what was named; else what `store.url` in it says, as init wrote it; else `hub.sqlite`.
std::string place_in(const std::filesystem::path& data, const std::string& named);
inline constexpr const char* place_file = "store.url";
/// Whether it names a server, not a file. Throws StoreError where it has a scheme that is not known.
bool is_server(const std::string& place);
/// As it may be said and logged: without user and password.
std::string shown(const std::string& place);

enum class Use { writing, reading };
/// A file is made where it is missing and is to be written to.
std::unique_ptr<engine::Connection> connect(const std::string& place, Use);

}  // namespace imloop::hub
