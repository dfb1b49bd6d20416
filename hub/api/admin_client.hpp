// Asks a serving hub through its admin listener.
#pragma once

#include <string>
#include <string_view>

#include "hub/answers.hpp"

namespace imloop::hub {

/// `POST /admin/{command}` on loopback; waits as long as the command takes. Throws boost::system::system_error where
/// the hub is not there.
Answer ask_serving(unsigned short admin_port, const std::string& token, std::string_view command, std::string body);

}  // namespace imloop::hub
