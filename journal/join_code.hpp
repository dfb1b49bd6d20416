// The code by which a station joins a hub: one-time secret, fingerprint of the hub's authority, and where the hub is.
// `K7QF-9D2M-4XWT-0BNA-82HC-PV5R-1E6G-YJ3S@hub.example.cn:8443`: 80 bits each of secret and fingerprint, in the letters
// of Crockford's base 32, so that a code can be read out over a telephone. Pure and thread safe.
#pragma once

#include <string>
#include <string_view>

#include "journal/error.hpp"

namespace imloop::journal {

inline constexpr std::size_t join_secret_bytes = 10;

struct JoinCode {
    std::string secret;       ///< join_secret_bytes, raw
    std::string fingerprint;  ///< likewise: the beginning of the SHA-256 of the authority's SubjectPublicKeyInfo
    std::string host;
    std::string port;
};

std::string format_join_code(const JoinCode&);
/// Lower case, spaces, and I, L, O for 1 and 0 are taken. `bad_join_code`: another length or letter, no `@host:port`.
Result<JoinCode> parse_join_code(std::string_view text);
/// What stands in a code for this authority (PEM certificate). `bad_certificate`.
Result<std::string> fingerprint_of(std::string_view certificate_pem);
/// The secret as the hub keeps it, and as a station shows it when it enrols.
std::string secret_text(std::string_view secret);

}  // namespace imloop::journal
