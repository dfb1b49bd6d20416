// A line as strict JSON (RFC 8259): UTF-8 without byte-order mark, every member once, at most `depth_max` levels.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "loop/record/value.hpp"

namespace imloop::loop::record {

/// Levels of arrays and objects a line may nest; `{}` is one level.
inline constexpr int depth_max = 32;

struct Parsed {
    Value json;  ///< null where `code` is set
    /// not_utf8, not_json, duplicate_member, too_deep, too_many_values; empty where it could be read.
    std::string code;
    std::string pointer;  ///< of the member that stands twice, as far as the names on the way have a member's form
    std::shared_ptr<const void> texts;  ///< what the views of `json` show
};

/// Thread safe. By simdjson where it takes the line; what it does not take, or reads otherwise, parse_strictly()
/// judges.
Parsed parse(std::string_view line);
/// The same by nlohmann's reader (json.hpp), which names each fault; some ten times slower.
Parsed parse_strictly(std::string_view line);

/// A part of a line, to be kept by itself.
nlohmann::json json_of(const Value&);

}  // namespace imloop::loop::record
