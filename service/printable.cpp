#include "service/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace imloop::service {
namespace {

struct Character {
    char32_t code;
    std::size_t bytes;  ///< 0: no UTF-8 here
};

/// RFC 3629: shortest form, no surrogates, nothing above U+10FFFF.
Character first_of(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return {lead, 1};
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {0, 0};
    char32_t code = lead & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto tail = static_cast<unsigned char>(text[i]);
        if ((tail & 0xC0) != 0x80) return {0, 0};
        code = code << 6 | (tail & 0x3FU);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[bytes] || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) return {0, 0};
    return {code, bytes};
}

bool acts(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) ||     // C0, DEL, C1
           c == 0xAD || c == 0x61C || c == 0xFEFF ||  // soft hyphen, Arabic letter mark, byte-order mark
           (c >= 0x200B && c <= 0x200F) ||            // without width; left-to-right and right-to-left marks
           (c >= 0x2028 && c <= 0x202E) ||            // separators; embeddings and overrides
           (c >= 0x2060 && c <= 0x206F);              // joiner, isolates and what is deprecated beside them
}

std::string shown(std::string_view text, std::string_view kept) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto [code, bytes] = first_of(text);
        if (bytes == 0)
            out += "\\ufffd";
        else if (acts(code) && kept.find(text[0]) == std::string_view::npos)
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(code));
        else
            out += text.substr(0, bytes);
        text.remove_prefix(std::max<std::size_t>(bytes, 1));
    }
    return out;
}

/// Bytes at the end that may be the beginning of a character.
std::size_t begun_at_end(std::string_view text) {
    for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
        const auto c = static_cast<unsigned char>(text[text.size() - back]);
        if ((c & 0xC0) == 0x80) continue;
        return c >= (back == 1 ? 0xC2 : back == 2 ? 0xE0 : 0xF0) ? back : 0;
    }
    return 0;
}

}  // namespace

std::string printable(std::string_view text) { return shown(text, ""); }
std::string printable_lines(std::string_view text) { return shown(text, "\n\t"); }

std::string PrintablePieces::shown(std::string_view piece) {
    begun_ += piece;
    const auto whole = begun_.size() - begun_at_end(begun_);
    auto out = printable_lines(std::string_view(begun_).substr(0, whole));
    begun_.erase(0, whole);
    return out;
}

std::string PrintablePieces::rest() { return printable_lines(std::exchange(begun_, {})); }

}  // namespace imloop::service
