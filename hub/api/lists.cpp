#include "hub/api/lists.hpp"

#include <fmt/format.h>

#include <charconv>

#include "hub/limits.hpp"
#include "journal/digest.hpp"

namespace imloop::hub {

std::optional<std::size_t> list_limit(const Request& request) {
    const auto text = request.query("limit");
    if (text.empty()) return list_limit_default;
    int limit = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (read.ptr != text.data() + text.size() || limit < 1 || limit > list_limit_max) return std::nullopt;
    return static_cast<std::size_t>(limit);
}

Answer limit_out_of_range() {
    return problem(400, {"limit_out_of_range", fmt::format("limit 应为 1 到 {0}", list_limit_max),
                         fmt::format("limit is 1 to {0}", list_limit_max)});
}

Answer list_answer(const nlohmann::json& body, const Request& request) {
    auto text = dumped(body);
    const auto etag = "\"" + journal::to_hex(journal::sha256(text)).substr(0, 32) + "\"";
    if (request.if_none_match == etag) return {304, "application/json", "", {{"ETag", etag}}};
    return {200, "application/json", std::move(text), {{"ETag", etag}}};
}

}  // namespace imloop::hub
