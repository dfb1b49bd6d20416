// Texts that say bytes in hexadecimal digits, as ids and digests do: rows keep the bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace imloop::loop {

inline constexpr std::size_t uuid_bytes = 16, digest_bytes = 32;

/// Whether it is a UUID or a SHA-256 in the one form that is written here: lower case, and a UUID with its dashes.
bool is_uuid(std::string_view);
bool is_digest(std::string_view);
/// Of the 36 places of a UUID.
bool is_uuid_dash(std::size_t place);
/// What such a text says, and the text again.
std::string bytes_of_hex(std::string_view text);
std::string uuid_of(std::string_view bytes);
std::string hex_of(std::string_view bytes);

}  // namespace imloop::loop
