// The hub's listeners: stations (TLS 1.3, client certificate); on loopback, operators (health, metrics, the command
// line of a serving hub); and, where it is wanted, the bureau's console (HTTP on loopback, HTTPS elsewhere; sessions).
// Limits (hub/limits.hpp) stand in front: connections, bytes in flight, and heads only until a certificate has been
// judged. Runs on threads of its own until it is destroyed.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "hub/hub.hpp"
#include "hub/limits.hpp"

namespace imloop::hub {

struct ServerOptions {
    std::string address = "127.0.0.1";
    unsigned short port = 8443;            ///< 0: any free one
    unsigned short admin_port = 9090;      ///< likewise; always on loopback
    std::string admin_token;               ///< what `POST /admin/…` must show; empty: nothing may be asked there
    std::optional<std::string> console{};  ///< `ADDRESS:PORT`; port 0: any free one
    unsigned threads = 2;
    std::chrono::milliseconds head_time = hub::head_time;  ///< keep-alive included
    std::chrono::milliseconds body_time = hub::body_time;
};

class Server {
public:
    /// Listens at once. Throws boost::system::system_error where a port is taken or a certificate can't be read.
    Server(Hub&, ServerOptions);
    ~Server();  ///< closes the hub too: its answers run on this server's threads

    /// Whether its threads take work up within this time.
    bool answers(std::chrono::milliseconds within) const;
    unsigned short port() const;
    unsigned short admin_port() const;
    std::string console_url() const;  ///< empty where there is none

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace imloop::hub
