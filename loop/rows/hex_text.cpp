#include "loop/rows/hex_text.hpp"

#include <algorithm>
#include <cassert>

namespace imloop::loop {
namespace {

constexpr std::size_t uuid_length = 36;
constexpr std::string_view digits = "0123456789abcdef";

bool is_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
unsigned value_of(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }

}  // namespace

bool is_uuid_dash(std::size_t place) { return place == 8 || place == 13 || place == 18 || place == 23; }

bool is_uuid(std::string_view text) {
    if (text.size() != uuid_length) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (is_uuid_dash(i) ? text[i] != '-' : !is_digit(text[i])) return false;
    return true;
}

bool is_digest(std::string_view text) { return text.size() == 2 * digest_bytes && std::ranges::all_of(text, is_digit); }

std::string bytes_of_hex(std::string_view text) {
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '-') {
            ++i;
            continue;
        }
        out += static_cast<char>(value_of(text[i]) << 4U | value_of(text[i + 1]));
        i += 2;
    }
    return out;
}

std::string hex_of(std::string_view bytes) {
    std::string out;
    out.reserve(2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

std::string uuid_of(std::string_view bytes) {
    assert(bytes.size() == uuid_bytes);
    auto out = hex_of(bytes);
    for (const std::size_t place : {8, 13, 18, 23}) out.insert(place, 1, '-');
    return out;
}

}  // namespace imloop::loop
