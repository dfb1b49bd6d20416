// What schemas/ holds, in the programs: JSON Schemas (`records/repair.json`) and code tables (`tables/limits.json`).
// A bureau overrides a file by one of the same path in its override directory.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace imloop::schemas {

/// The text built in under `path`, relative to schemas/; empty where there is none.
std::string_view embedded(std::string_view path);
/// Paths of all files built in, ascending.
std::vector<std::string_view> embedded_paths();

/// Files in this directory go before the built-in ones. Call once at program start, before any table is read: tables
/// are read once and kept. Not thread safe.
void set_override_dir(const std::filesystem::path&);
/// The text under `path`, from the override directory where it has one. Throws std::runtime_error where neither has it.
std::string text(std::string_view path);
/// Paths that begin with `folder` (`tables/profiles/`), built in or in the override directory, ascending.
std::vector<std::string> paths(std::string_view folder);
/// `tables/NAME.json`, as text() finds it.
std::string table_text(std::string_view name);

}  // namespace imloop::schemas
