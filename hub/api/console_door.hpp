// The console's listener: the page's files, and its calls with a session in a cookie.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "hub/api/routes.hpp"
#include "hub/console/console.hpp"

namespace imloop::hub {

/// `ADDRESS:PORT`; of this computer's own addresses 127.0.0.1 and ::1 alone. Throws std::invalid_argument.
boost::asio::ip::tcp::endpoint console_endpoint(const std::string&);

/// From the head alone. `local`: `:PORT` where the page may only come under a name of this computer, by HTTP; else
/// empty. 421 wrong_host, 403 wrong_origin, 404, 405. What is taken has the page's own origin from then on.
Routed judge_console(Request& head, const std::string& local);
/// Every answer carries the headers that keep the page to itself.
void ask_console(Console&, Request, Done);

/// The session's token in a Cookie header; may be empty. Over HTTP browsers have it under the plain name, a program may
/// send it under either.
std::string session_in(std::string_view cookie, bool is_plain);

}  // namespace imloop::hub
