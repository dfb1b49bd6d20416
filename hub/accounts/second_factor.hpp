// The second factor: one-time codes by time (TOTP, RFC 6238, HMAC-SHA-1, six digits, 30 s) and recovery codes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/time.hpp"

namespace imloop::hub {

inline constexpr loop::Moment otp_step_ms = 30'000;
inline constexpr int recovery_codes = 8;

/// 160 random bits.
std::string new_otp_secret();
/// RFC 4648 without padding.
std::string base32(std::string_view bytes);
/// `otpauth://totp/…` for an authenticator.
std::string otp_uri(std::string_view secret, std::string_view issuer, std::string_view account);

std::int64_t otp_step(loop::Moment);
std::string otp(std::string_view secret, std::int64_t step, int digits = 6);
/// The step of now or a neighbour whose code this is, spaces in it aside; none up to `used` counts: a code works once.
std::optional<std::int64_t> step_of_otp(std::string_view secret, std::string_view code, loop::Moment now,
                                        std::int64_t used);

/// `4K7Q-92MD`: 40 random bits each, without letters that look like digits.
std::vector<std::string> new_recovery_codes();
/// As they are compared: upper case, without spaces and dashes.
std::string normal_code(std::string_view);

}  // namespace imloop::hub
