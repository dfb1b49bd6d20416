// What the command line's files share: an answer of the hub as a person reads it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "hub/answers.hpp"

namespace imloop::hub {

/// What went wrong, on stderr; the exit code for it.
int fail(const Answer&);
/// The JSON of an answer, set out.
int show(const Answer&);
/// The text of an answer as it is.
int print(const Answer&);
/// What a JSON file named on the command line holds. Throws StoreError that names file and place.
nlohmann::json json_in(const std::string& path);
void put_given(nlohmann::json& body, const char* name, const std::string& value);

}  // namespace imloop::hub
