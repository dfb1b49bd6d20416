// Query strings of the hub's lists, and the answers all lists share.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "hub/hub.hpp"

namespace imloop::hub {

/// Whether path and query are text: visible ASCII, whose escapes (RFC 3986) are UTF-8 and no control characters.
bool is_text(std::string_view target);
/// The value of one key of a query that is text, its escapes resolved. Empty: not given.
std::string query_value(std::string_view query, std::string_view key);
/// `limit`, 50 where it is not given; nothing where it is no number from 1 to 500.
std::optional<std::size_t> list_limit(std::string_view query);
Answer limit_out_of_range();
/// With a strong ETag; 304 where the asker has it.
Answer list_answer(const nlohmann::json& body, std::string_view if_none_match);

}  // namespace imloop::hub
