#include "journal/json.hpp"

namespace imloop::journal {

using nlohmann::json;

json parse_shallow(std::string_view text) {
    const auto keep = [](int depth, json::parse_event_t, const json&) { return depth < levels_max; };
    return json::parse(text, keep, false);
}

json parsed(std::string_view text) { return json::parse(text); }

json parsed_or_discarded(std::string_view text) { return json::parse(text, nullptr, false); }

}  // namespace imloop::journal
