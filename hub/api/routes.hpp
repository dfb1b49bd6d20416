// Which request is which call of the hub: one table. Knows no sockets.
#pragma once

#include <functional>
#include <optional>
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

struct Route {
    std::string_view method;
    std::string_view path;  ///< one that ends in '/' is of all paths that begin so
    std::size_t body_max;
    bool is_open;  ///< asks for no certificate, or no token
    void (*call)(Hub&, const Caller&, Request, Hub::Done);
};

/// Which of these it is; else 400 bad_request (a target that is no text), 404 not_found, 405 method_not_allowed.
struct Routed {
    const Route* route = nullptr;
    Answer refusal;
};
Routed route_station(const Request& head);
Routed route_admin(const Request& head);

/// 401 certificate_missing, certificate_expired, certificate_foreign.
Answer certificate_problem(std::string_view code);

}  // namespace imloop::hub
