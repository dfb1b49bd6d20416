#include "journal/digest.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace imloop::journal {
namespace {

Digest digest(const EVP_MD* algorithm, std::string_view bytes) {
    Digest out{};
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr) != 1 || size != out.size())
        throw std::runtime_error("the digest could not be computed");
    return out;
}

constexpr std::string_view plain_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet) {
    std::string out;
    out.reserve((bytes.size() * 4 + 2) / 3 + 2);
    std::uint32_t pool = 0;
    int bits = 0;
    for (const char c : bytes) {
        pool = pool << 8 | static_cast<std::uint8_t>(c);
        for (bits += 8; bits >= 6; bits -= 6) out += alphabet[pool >> (bits - 6) & 63];
    }
    if (bits > 0) out += alphabet[pool << (6 - bits) & 63];
    return out;
}

std::optional<std::string> decode(std::string_view text, std::string_view alphabet) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t pool = 0;
    int bits = 0;
    for (const char c : text) {
        const auto at = alphabet.find(c);
        if (at == std::string_view::npos) return std::nullopt;
        pool = pool << 6 | static_cast<std::uint32_t>(at);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(pool >> bits & 0xff);
        }
    }
    if ((pool & ((1U << bits) - 1)) != 0) return std::nullopt;
    return out;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

}  // namespace

std::string to_hex(const Digest& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(64);
    for (const std::uint8_t byte : digest) {
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::optional<Digest> digest_from_hex(std::string_view hex) {
    Digest out{};
    if (hex.size() != out.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return out;
}

Digest sha256(std::string_view bytes) { return digest(EVP_sha256(), bytes); }
Digest sm3(std::string_view bytes) { return digest(EVP_sm3(), bytes); }

std::string base64url(std::string_view bytes) { return encode(bytes, url_alphabet); }
std::optional<std::string> from_base64url(std::string_view text) { return decode(text, url_alphabet); }

std::string base64(std::string_view bytes) {
    auto out = encode(bytes, plain_alphabet);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    return decode(text, plain_alphabet);
}

}  // namespace imloop::journal
