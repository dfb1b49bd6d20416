// What the hub's lists share: their limit, and an answer that says whether the asker has it already.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "hub/answers.hpp"
#include "hub/api/request.hpp"

namespace imloop::hub {

/// `limit`, 50 where it is not given; nothing where it is no number from 1 to 500.
std::optional<std::size_t> list_limit(const Request&);
Answer limit_out_of_range();
/// With a strong ETag; 304 where the asker has it.
Answer list_answer(const nlohmann::json& body, const Request&);

}  // namespace imloop::hub
