// Content codings of the wire, bounded on the way in, and zstd for what the stores keep.
#pragma once

#include <string>
#include <string_view>

#include "journal/error.hpp"

namespace imloop::journal {

/// `content_encoding` is "", "identity", "gzip" or "zstd" (else `unsupported_encoding`). `malformed_segment`: corrupt
/// or cut short; `too_large`: compressed or decoded bytes beyond the limits (limits.hpp, `decoded_max`), or a ratio
/// beyond them.
Result<std::string> decode(std::string_view content_encoding, std::string_view bytes, std::size_t decoded_max);

struct Coded {
    std::string content_encoding;  ///< zstd or identity
    std::string bytes;
};
/// As decode() takes it: zstd, or left as it is where many lines alike would be denser than the limit allows.
Coded encode(std::string bytes);

std::string gzip_encode(std::string_view bytes);
std::string zstd_encode(std::string_view bytes, int level = 3);
/// What zstd_encode made of at most `stored_bytes_max`; throws std::runtime_error on other bytes.
std::string zstd_decode(std::string_view bytes);

}  // namespace imloop::journal
