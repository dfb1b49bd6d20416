#include "service/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace imloop::service {
namespace {

void tell(std::string_view word) {
    const char* name = std::getenv("NOTIFY_SOCKET");
    if (name == nullptr || (name[0] != '/' && name[0] != '@')) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::size_t size = std::strlen(name);
    if (size >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, name, size);
    if (name[0] == '@') address.sun_path[0] = '\0';  // of the abstract namespace
    const int to = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (to < 0) return;
    ::sendto(to, word.data(), word.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
             static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size));
    ::close(to);
}

}  // namespace

void ready() { tell("READY=1"); }
void alive() { tell("WATCHDOG=1"); }
void stopping() { tell("STOPPING=1"); }

std::chrono::milliseconds alive_every() {
    constexpr std::chrono::milliseconds nobody_waits = std::chrono::hours(1);
    const char* time = std::getenv("WATCHDOG_USEC");
    const char* process = std::getenv("WATCHDOG_PID");
    if (time == nullptr || (process != nullptr && std::atol(process) != ::getpid())) return nobody_waits;
    const std::chrono::microseconds within(std::atoll(time));
    if (within.count() <= 0) return nobody_waits;
    return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(within / 2), std::chrono::milliseconds(1));
}

}  // namespace imloop::service
