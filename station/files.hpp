// Whole files in and out.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace imloop::station {

/// Nothing where it can't be read.
std::optional<std::string> contents(const std::filesystem::path&);
/// Throws std::runtime_error where it can't be read.
std::string read_file(const std::filesystem::path&);
/// Through a new file and a rename: whoever reads sees the old or the new one whole, after a power cut
/// too. Throws std::runtime_error or
/// std::filesystem::filesystem_error; the old file stands then.
void replace_file(const std::filesystem::path&, const std::string& text, mode_t mode = 0644);

}  // namespace imloop::station
