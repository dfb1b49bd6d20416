#include "hub/accounts/second_factor.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace imloop::hub {
namespace {

constexpr std::size_t secret_bytes = 20;
constexpr std::string_view base32_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view code_letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
static_assert(base32_letters.size() == 32 && code_letters.size() == 32);

std::string random_bytes(std::size_t count) {
    std::string out(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1)
        throw std::runtime_error("no randomness");
    return out;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace

std::string new_otp_secret() { return random_bytes(secret_bytes); }

std::string base32(std::string_view bytes) {
    std::string out;
    unsigned held = 0, bits = 0;
    for (const char c : bytes) {
        held = (held << 8U) | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 5; bits -= 5) out += base32_letters[(held >> (bits - 5)) & 31U];
    }
    if (bits > 0) out += base32_letters[(held << (5 - bits)) & 31U];
    return out;
}

std::string otp_uri(std::string_view secret, std::string_view issuer, std::string_view account) {
    return fmt::format("otpauth://totp/{0}:{1}?secret={2}&issuer={0}", escaped(issuer), escaped(account),
                       base32(secret));
}

std::int64_t otp_step(loop::Moment now) { return now / otp_step_ms; }

std::string otp(std::string_view secret, std::int64_t step, int digits) {
    std::array<unsigned char, 8> counter{};
    for (std::size_t i = 0; i < 8; ++i) counter[7 - i] = static_cast<unsigned char>(step >> (8 * i));
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned size = 0;
    if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(),
             &size) == nullptr)
        throw std::runtime_error("HMAC failed");
    const std::size_t at = mac[size - 1] & 0xFU;
    const std::uint32_t number = (std::uint32_t{mac[at] & 0x7FU} << 24U) | (std::uint32_t{mac[at + 1]} << 16U) |
                                 (std::uint32_t{mac[at + 2]} << 8U) | mac[at + 3];
    std::uint32_t modulus = 1;
    for (int i = 0; i < digits; ++i) modulus *= 10;
    return fmt::format("{:0{}}", number % modulus, digits);
}

std::optional<std::int64_t> step_of_otp(std::string_view secret, std::string_view code, loop::Moment now,
                                        std::int64_t used) {
    const auto given = normal_code(code);
    std::optional<std::int64_t> found;
    for (auto step = otp_step(now) - 1; step <= otp_step(now) + 1; ++step) {
        const auto right = otp(secret, step);
        if (given.size() == right.size() && CRYPTO_memcmp(given.data(), right.data(), right.size()) == 0 && step > used)
            found = step;
    }
    return found;
}

std::vector<std::string> new_recovery_codes() {
    std::vector<std::string> out;
    for (int i = 0; i < recovery_codes; ++i) {
        std::string code;
        for (const char c : random_bytes(8)) code += code_letters[static_cast<unsigned char>(c) & 31U];
        out.push_back(code.insert(4, "-"));
    }
    return out;
}

std::string normal_code(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' && c != '-') out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return out;
}

}  // namespace imloop::hub
