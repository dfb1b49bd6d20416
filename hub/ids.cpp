#include "hub/ids.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <chrono>
#include <cstdint>

#include "journal/digest.hpp"

namespace imloop::hub {

loop::Moment unix_now() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string new_uuid7(loop::Moment now) {
    std::uint8_t r[10];
    if (RAND_bytes(r, sizeof r) != 1) throw std::runtime_error("no randomness");
    const auto ms = static_cast<std::uint64_t>(now);
    return fmt::format("{:08x}-{:04x}-7{:03x}-{:04x}-{:02x}{:02x}{:02x}{:02x}{:02x}{:02x}", ms >> 16, ms & 0xffff,
                       (r[0] << 8 | r[1]) & 0xfff, ((r[2] << 8 | r[3]) & 0x3fff) | 0x8000, r[4], r[5], r[6], r[7], r[8],
                       r[9]);
}

std::string new_token() {
    std::string bytes(32, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no randomness");
    return journal::base64url(bytes);
}

}  // namespace imloop::hub
