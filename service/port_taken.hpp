// A port that can't be listened at, said so that a person can mend it.
#pragma once

#include <stdexcept>
#include <string>

namespace imloop::service {

/// what(): zh, then English.
struct PortTaken : std::runtime_error {
    PortTaken(unsigned short port, const std::string& why);
    std::string zh, en;
};

/// What `open` gives; PortTaken where it throws `Error`, a system_error of whichever library.
template <class Error, class Open>
auto at_port(unsigned short port, Open open) {
    try {
        return open();
    } catch (const Error& e) {
        throw PortTaken(port, e.code().message());
    }
}

}  // namespace imloop::service
