#include "loop/record/parse.hpp"

#include <utility>

#include "loop/json.hpp"

namespace imloop::loop::record {

Parsed parse(std::string_view line) {
    if (is_utf8(line) && line.starts_with("\xEF\xBB\xBF"))
        return {nlohmann::json(nlohmann::json::value_t::discarded), "not_json", ""};
    auto read = parse_bounded(line, {.depth = depth_max});
    return {std::move(read.json), std::move(read.code), std::move(read.pointer)};
}

}  // namespace imloop::loop::record
