// The listener of the archive's interface: plain HTTP for programs of shops, without sessions and pages. Who asks
// proves it inside the message; TLS towards other machines is what stands before it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "station/archive/archive.hpp"

namespace imloop::station::archive {

class Server {
public:
    /// Listens at once. The handler runs on one thread of the server's own and does not throw. Throws
    /// boost::system::system_error where the port is taken.
    Server(const std::string& address, unsigned short port, std::function<Reply(const Call&)> handler);
    ~Server();
    unsigned short port() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace imloop::station::archive
