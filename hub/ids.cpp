#include "hub/ids.hpp"

#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <cstdint>

#include "journal/digest.hpp"
#include "loop/record/uuid.hpp"

namespace imloop::hub {

loop::Moment unix_now() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string new_uuid7(loop::Moment now) {
    std::array<std::uint8_t, loop::uuid7_random_bytes> random{};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) throw std::runtime_error("no randomness");
    return loop::uuid7(now, random);
}

std::string new_token() {
    std::string bytes(32, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no randomness");
    return journal::base64url(bytes);
}

}  // namespace imloop::hub
