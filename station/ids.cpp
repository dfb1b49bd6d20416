#include "station/ids.hpp"

#include <array>
#include <chrono>
#include <random>
#include <span>

#include "journal/digest.hpp"
#include "loop/record/uuid.hpp"

namespace imloop::station {

loop::Moment unix_now() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string new_uuid7(loop::Moment now) {
    std::random_device device;
    std::array<std::uint8_t, loop::uuid7_random_bytes> random{};
    for (auto& byte : random) byte = static_cast<std::uint8_t>(device());
    return loop::uuid7(now, random);
}

std::string uuid7_of(loop::Moment at, std::string_view seed) {
    const auto digest = journal::sha256(seed);
    return loop::uuid7(at, std::span(digest).first<loop::uuid7_random_bytes>());
}

}  // namespace imloop::station
