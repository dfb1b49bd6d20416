// Whole files in and out, for every program. What is written is its owner's alone from its first byte on, whatever the
// umask: it is made under another name with O_EXCL and mode 0600, and takes its place when it is whole. Errors are
// thrown as std::runtime_error or std::filesystem::filesystem_error and name the file; the old file stands then.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace imloop::service {

inline constexpr mode_t owner_only = 0600;
inline constexpr mode_t everyone_reads = 0644;  ///< certificates and public keys

/// First thing in every program: whatever else makes files (SQLite, libraries) makes them for their owner alone.
void keep_files_private();

/// Nothing where it can't be read: a folder, too.
std::optional<std::string> contents(const std::filesystem::path&);
/// Throws where it can't be read.
std::string read_file(const std::filesystem::path&);
/// Whoever reads sees the old or the new one whole, after a power cut too. What is no regular file (a terminal, a pipe)
/// is written to as it is.
void replace_file(const std::filesystem::path&, std::string_view text, mode_t mode = owner_only);
/// At its end; made where it is missing.
void append_file(const std::filesystem::path&, std::string_view text);
/// With those above it, each that is missing with mode 0700.
void make_folder(const std::filesystem::path&);

}  // namespace imloop::service
