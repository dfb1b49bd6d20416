// Which request is which call of the hub. Knows no sockets.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "hub/hub.hpp"

namespace imloop::hub {

struct Request {
    std::string method;
    std::string target;  ///< path and query
    std::string content_encoding;
    std::string if_none_match;
    std::string admin_token;
    std::string peer_address;
    std::string body;
};

/// Body bytes a request of this target may have.
std::size_t body_max(std::string_view target);

/// The station listener. `peer_error` is why the client's certificate is not taken: certificate_missing,
/// certificate_expired, certificate_foreign; empty where it is.
void route_station(Hub&, const Caller&, std::string_view peer_error, Request, Hub::Done);
/// The admin listener.
void route_admin(Hub&, std::string_view token, Request, Hub::Done);

}  // namespace imloop::hub
