// A request as it came, without its connection. Knows no sockets.
#pragma once

#include <boost/url/url.hpp>
#include <map>
#include <string>
#include <string_view>

namespace imloop::hub {

struct Request {
    std::string method;
    std::string target;  ///< path and query, as it was sent
    std::string content_encoding = {};
    std::string if_none_match = {};
    std::string host = {}, origin = {};
    std::string cookie = {}, csrf = {}, if_match = {}, accept_encoding = {};  ///< the console's
    std::string admin_token = {};
    std::string peer_address = {};
    std::string body = {};

    // Once it is routed: what the target says.
    boost::urls::url url = {};
    std::map<std::string, std::string, std::less<>> parts = {};  ///< of the path, by the names in its route

    /// The value of one key of the query, its escapes resolved; empty: not given.
    std::string query(std::string_view key) const;
    /// Of the path, by its name in the route.
    const std::string& part(std::string_view name) const;
};

/// Reads the target. False where it is no text: a path and query of RFC 3986 whose escapes are UTF-8 and no control
/// characters.
bool read_target(Request&);

}  // namespace imloop::hub
