// JSON from outside: one way of reading it for every door. Strict (RFC 8259), UTF-8, every member once, within limits
// that are held while it is read: what is too deep or too much is never built, so nothing that walks a document can be
// led too deep. Pure and thread safe.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "loop/tables.hpp"

namespace imloop::loop {

struct JsonLimits {
    std::size_t bytes = 64 * 1024 * 1024;
    std::size_t values = 1'000'000;  ///< of the whole document, arrays and objects with them
    std::size_t members = 1'000;     ///< of one object
    std::size_t depth = 32;          ///< levels of arrays and objects; `{}` is one level
};

template <typename Json>
struct BoundedJson {
    Json json;            ///< discarded where `code` is set
    std::string code;     ///< too_large, not_utf8, not_json, duplicate_member, too_deep, too_many_values, or empty
    std::string pointer;  ///< of the member that stands twice
};

/// `Json`: nlohmann::json, or nlohmann::ordered_json where the order of members is kept. A byte-order mark may stand
/// before it.
template <typename Json = nlohmann::json>
BoundedJson<Json> parse_bounded(std::string_view text, const JsonLimits& = {});

/// The document alone; discarded where it can't be read.
template <typename Json = nlohmann::json>
Json json_of(std::string_view text, const JsonLimits& limits = {}) {
    return parse_bounded<Json>(text, limits).json;
}

/// Why a text could not be read, to a person; `code` and `pointer` of BoundedJson.
Words json_problem(std::string_view code, std::string_view pointer);

/// RFC 3629: shortest form, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view);

}  // namespace imloop::loop
