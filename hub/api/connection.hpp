// One connection of a listener: requests one after the other, each judged by its head before its body is read.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <functional>
#include <string>

#include "hub/api/refusals.hpp"
#include "hub/api/routes.hpp"
#include "hub/api/server.hpp"
#include "hub/quota.hpp"

namespace imloop::hub {

using PlainStream = boost::beast::tcp_stream;
using TlsStream = boost::beast::ssl_stream<PlainStream>;

/// Who is served, and by whom.
struct Client {
    std::string who;    ///< in the log: a source whose certificate holds, "?", admin
    std::string payer;  ///< whose bytes in flight they are
    /// From the head alone: the route, or the refusal.
    std::function<Routed(Request& head)> judge;
    std::function<void(const Route&, Request, Done)> call;
};

/// What all connections of a server share.
struct Shared {
    const ServerOptions& options;
    Quota bytes_in_flight;
    Refusals refusals;
};

/// Until either side closes, a time runs out, or a request is refused whose body stands unread; then says farewell.
boost::asio::awaitable<void> serve(TlsStream&, const Client&, Shared&);
boost::asio::awaitable<void> serve(PlainStream&, const Client&, Shared&);

}  // namespace imloop::hub
