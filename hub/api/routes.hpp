// Which request is which call of the hub: one table. Knows no sockets.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "hub/hub.hpp"

namespace imloop::hub {

struct Request {
    std::string method;
    std::string target;  ///< path and query
    std::string content_encoding;
    std::string if_none_match;
    std::string host, origin;
    std::string admin_token;
    std::string peer_address;
    std::string body;
};

enum class Listener : std::uint8_t { stations, operators };
/// Whom a route answers: `certificate` is whoever shows one that holds, `administrator` whoever shows the token.
enum class Asker : std::uint8_t { anyone, certificate, administrator };

struct Route {
    Listener listener;
    std::string_view method;
    std::string_view path;  ///< as openapi.yaml writes it; a last part in braces stands for any
    Asker asker;
    std::size_t body_max;
    void (*call)(Hub&, const Caller&, Request, Hub::Done);
};

/// All calls of both listeners.
std::span<const Route> routes();

/// Which of these it is; else 400 bad_request (a target that is no text), 404 not_found, 405 method_not_allowed.
struct Routed {
    const Route* route = nullptr;
    Answer refusal;
};
Routed route_at(Listener, const Request& head);

/// 401 certificate_missing, certificate_expired, certificate_foreign.
Answer certificate_problem(std::string_view code);

}  // namespace imloop::hub
