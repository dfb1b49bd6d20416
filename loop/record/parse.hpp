// A line as strict JSON (RFC 8259): UTF-8 without byte-order mark, every member once, at most `depth_max` levels.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace imloop::loop::record {

/// Levels of arrays and objects a line may nest; `{}` is one level.
inline constexpr int depth_max = 32;

struct Parsed {
    nlohmann::json json;  ///< discarded where `code` is set
    std::string code;     ///< not_utf8, not_json, duplicate_member, too_deep; empty where it could be read
    std::string pointer;  ///< of the member that stands twice, as far as the names on the way have a member's form
};

Parsed parse(std::string_view line);

}  // namespace imloop::loop::record
