#include "hub/query.hpp"

#include <fmt/format.h>

#include <charconv>

#include "hub/limits.hpp"
#include "journal/digest.hpp"

namespace imloop::hub {

std::string query_value(std::string_view query, std::string_view key) {
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (pair.starts_with(key) && pair.size() > key.size() && pair[key.size()] == '=')
            return std::string(pair.substr(key.size() + 1));
    }
    return {};
}

std::optional<std::size_t> list_limit(std::string_view query) {
    const auto text = query_value(query, "limit");
    if (text.empty()) return list_limit_default;
    int limit = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (read.ptr != text.data() + text.size() || limit < 1 || limit > list_limit_max) return std::nullopt;
    return static_cast<std::size_t>(limit);
}

Answer limit_out_of_range() {
    return problem(400, "limit_out_of_range", fmt::format("limit 应为 1 到 {0} / limit is 1 to {0}", list_limit_max));
}

Answer list_answer(const nlohmann::json& body, std::string_view if_none_match) {
    auto text = body.dump();
    const auto etag = "\"" + journal::to_hex(journal::sha256(text)).substr(0, 32) + "\"";
    if (if_none_match == etag) return {304, "application/json", "", {{"ETag", etag}}};
    return {200, "application/json", std::move(text), {{"ETag", etag}}};
}

}  // namespace imloop::hub
