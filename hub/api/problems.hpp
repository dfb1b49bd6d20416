// What is wrong, as it is sent: RFC 9457 problem+json. Here alone the two languages become one text.
#pragma once

#include <string_view>

#include "hub/answers.hpp"

namespace imloop::hub {

/// The answer with its error as its body, under the id by which the hub's log names the request; without an error as it
/// is.
Answer as_sent(Answer, std::string_view request_id = {});

}  // namespace imloop::hub
