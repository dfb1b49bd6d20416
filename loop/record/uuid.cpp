#include "loop/record/uuid.hpp"

#include <charconv>

#include "loop/rows/hex_text.hpp"

namespace imloop::loop {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

}  // namespace

std::string uuid7(Moment at, std::span<const std::uint8_t, uuid7_random_bytes> random) {
    std::string out;
    const auto put = [&](unsigned byte) {
        for (const unsigned half : {byte >> 4, byte & 15}) {
            if (is_uuid_dash(out.size())) out += '-';
            out += hex_digits[half];
        }
    };
    for (int shift = 40; shift >= 0; shift -= 8) put(static_cast<unsigned>(at >> shift) & 0xFF);
    for (std::size_t i = 0; i < random.size(); ++i)
        put(i == 0 ? 0x70 | (random[i] & 0x0FU) : i == 2 ? 0x80 | (random[i] & 0x3FU) : random[i]);
    return out;
}

bool is_uuid7(std::string_view id) {
    if (id.size() != 36 || id[14] != '7' || std::string_view("89ab").find(id[19]) == std::string_view::npos)
        return false;
    for (std::size_t i = 0; i < id.size(); ++i)
        if (is_uuid_dash(i) ? id[i] != '-' : hex_digits.find(id[i]) == std::string_view::npos) return false;
    return true;
}

Moment moment_of_uuid7(std::string_view id) {
    Moment out = 0;
    if (!is_uuid7(id)) return out;
    const auto digits = std::string(id.substr(0, 8)) + std::string(id.substr(9, 4));
    std::from_chars(digits.data(), digits.data() + digits.size(), out, 16);
    return out;
}

}  // namespace imloop::loop
