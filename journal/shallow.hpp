// JSON of headers, seals and receipts, which nest five levels at most. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace imloop::journal {

inline constexpr int levels_max = 8;

/// Discarded where it is no JSON; what is nested deeper than `levels_max` is left out, so that no document is deep.
inline nlohmann::json parse_shallow(std::string_view text) {
    const auto keep = [](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) {
        return depth < levels_max;
    };
    return nlohmann::json::parse(text, keep, false);
}

}  // namespace imloop::journal
