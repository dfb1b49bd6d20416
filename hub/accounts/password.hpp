// Passwords: kept as scrypt (RFC 7914) makes them, and judged when they are chosen.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace imloop::hub {

/// N 2^15, r 8, p 1: 32 MiB and about a tenth of a second. `scrypt$15$8$1$SALT$HASH`, base64url.
std::string password_kept(std::string_view password);
/// Takes the same time for every password. False where `kept` is no such text.
bool is_password(std::string_view password, std::string_view kept);
/// What to hold a password against where there is no account, so that the answer takes the same time.
const std::string& password_of_nobody();

/// Nothing where it is hard to guess; else too_short (under 12 characters), too_few_kinds (under 5 different ones),
/// holds_name (of the account or its person), holds_program (imloop).
std::optional<std::string_view> too_easy(std::string_view password, std::string_view account, std::string_view name);

inline constexpr std::size_t password_characters_min = 12;
inline constexpr std::size_t password_kinds_min = 5;
inline constexpr std::size_t password_bytes_max = 256;

}  // namespace imloop::hub
