#include "station/ids.hpp"

#include <chrono>
#include <random>

#include "journal/digest.hpp"

namespace imloop::station {
namespace {

std::string uuid7(loop::Moment at, const std::uint8_t* random) {
    const auto ms = static_cast<std::uint64_t>(at);
    std::string hex;
    const auto put = [&](unsigned byte) {
        constexpr char digits[] = "0123456789abcdef";
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    };
    for (int shift = 40; shift >= 0; shift -= 8) put(static_cast<unsigned>(ms >> shift) & 0xFF);
    for (int i = 0; i < 10; ++i)
        put(i == 0 ? 0x70 | (random[i] & 0x0FU) : i == 2 ? 0x80 | (random[i] & 0x3FU) : random[i]);
    for (const std::size_t at_dash : {20U, 16U, 12U, 8U}) hex.insert(at_dash, 1, '-');
    return hex;
}

}  // namespace

loop::Moment unix_now() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string new_uuid7(loop::Moment now) {
    std::random_device device;
    std::uint8_t random[10];
    for (auto& byte : random) byte = static_cast<std::uint8_t>(device());
    return uuid7(now, random);
}

std::string uuid7_of(loop::Moment at, std::string_view seed) {
    const auto digest = journal::sha256(seed);
    return uuid7(at, digest.data());
}

}  // namespace imloop::station
