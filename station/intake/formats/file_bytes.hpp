// The one way in which files of equipment come in: regular files, whole, of a size that is known before they are read.
// Pipes, devices, sockets and folders under a file's name are named and never waited for. Thread safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include "station/intake/outcome/folder.hpp"

namespace imloop::station::intake {

inline constexpr std::uintmax_t message_bytes_max = 16U << 20;  ///< of an XML, JSON or INI file

/// Left with the code not_a_file, too_large (`bytes_max` is passed, nothing was read) or unreadable.
std::variant<std::string, Left> bytes_of(const std::filesystem::path&, std::uintmax_t bytes_max = message_bytes_max);

/// Also of a link to one.
bool is_regular(const std::filesystem::path&);

}  // namespace imloop::station::intake
