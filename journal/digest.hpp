// 32-byte digests and their text forms.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imloop::journal {

using Digest = std::array<std::uint8_t, 32>;

/// Lower-case hex, 64 digits.
std::string to_hex(const Digest& digest);
/// Only 64 lower-case hex digits are accepted.
std::optional<Digest> digest_from_hex(std::string_view hex);

Digest sha256(std::string_view bytes);
Digest sm3(std::string_view bytes);

/// Base64url without padding (RFC 4648 section 5). Decoding rejects padding, stray bits and foreign characters.
std::string base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);
/// Plain base64 with padding, as `credential.spki` has it.
std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace imloop::journal
