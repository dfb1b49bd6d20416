// Texts of records: how long they are to a person, and how a member's name stands in a JSON pointer. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace imloop::loop::record {

/// Code points of a UTF-8 text.
inline std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Whether a text has the form of a member's name: lower snake case, at most 40 places.
inline bool is_member_name(std::string_view text) {
    constexpr std::size_t places_max = 40;
    return !text.empty() && text.size() <= places_max && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

/// A member's name as a token of a JSON pointer (RFC 6901).
inline std::string pointer_token(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

}  // namespace imloop::loop::record
