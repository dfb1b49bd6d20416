// What the hub answers: JSON as text in one way, and what is answered where the hub itself fails.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "journal/error.hpp"

namespace imloop::hub {

using journal::Error;

struct Answer {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string cause = {};  ///< of a 500, for the hub's log alone
    /// What is wrong; becomes the body where it is sent (hub/api/problems.hpp).
    std::optional<Error> error = {};
    std::optional<std::uint64_t> expected = {};  ///< of journal_gap: the next number
    nlohmann::json members = {};                 ///< further ones of the problem, an object; null: none
};

/// Called once, from any thread.
using Done = std::function<void(Answer)>;

Answer problem(int status, Error);

/// Always valid UTF-8: bytes that are none become U+FFFD.
std::string dumped(const nlohmann::json&, int indent = -1);
/// 200.
Answer json_answer(const nlohmann::json&);
/// 503 busy.
Answer busy();
/// 503 store_lost: nothing of what was asked is done, or it is found done when it is sent again.
Answer store_lost();
/// 429 too_many_attempts.
Answer too_many_guesses();
/// 500 internal_error: whoever asked is given no more than that, the log what it was.
Answer internal_error(const std::exception&);
/// 500 damaged where a row is not what was written, with `table` and `key` of a kept one. Else internal_error().
Answer failed(const std::exception&);
/// Runs what is to answer by `done`. What it throws before it has answered is answered 500 (a lost connection to the
/// store 503), so that it ends no thread.
void answering(const Done& done, const std::function<void()>& work) noexcept;

}  // namespace imloop::hub
