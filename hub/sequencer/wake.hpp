// Wakes a thread that waits for a socket.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace imloop::hub {

class Wake {
public:
    Wake() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    }
    ~Wake() { ::close(fd_); }
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;

    int fd() const { return fd_; }  ///< can be read once it was woken
    void wake() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);  // full: it is awake
    }
    void sleep() const {
        std::uint64_t times = 0;
        [[maybe_unused]] const auto read = ::read(fd_, &times, sizeof times);
    }

private:
    const int fd_;
};

}  // namespace imloop::hub
