#include "hub/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "hub/answers.hpp"
#include "hub/limits.hpp"
#include "journal/digest.hpp"
#include "service/printable.hpp"

namespace imloop::hub {
namespace {

/// Nothing where an escape is none.
std::optional<std::string> unescaped(std::string_view in) {
    std::string out;
    for (; !in.empty(); in.remove_prefix(1)) {
        if (in[0] != '%') {
            out += in[0];
            continue;
        }
        unsigned byte = 0;
        const auto digits = in.substr(1, 2);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() != 2 || read.ptr != digits.data() + 2) return std::nullopt;
        out += static_cast<char>(byte);
        in.remove_prefix(2);
    }
    return out;
}

}  // namespace

bool is_text(std::string_view target) {
    const auto text = unescaped(target);
    return text && std::ranges::all_of(target, [](char c) { return c > ' ' && c < '\x7f'; }) &&
           service::printable(*text) == *text;
}

std::string query_value(std::string_view query, std::string_view key) {
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (pair.starts_with(key) && pair.size() > key.size() && pair[key.size()] == '=')
            return unescaped(pair.substr(key.size() + 1)).value_or("");
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
    auto text = dumped(body);
    const auto etag = "\"" + journal::to_hex(journal::sha256(text)).substr(0, 32) + "\"";
    if (if_none_match == etag) return {304, "application/json", "", {{"ETag", etag}}};
    return {200, "application/json", std::move(text), {{"ETag", etag}}};
}

}  // namespace imloop::hub
