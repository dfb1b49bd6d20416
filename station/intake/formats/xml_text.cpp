#include "station/intake/formats/xml_text.hpp"

#include <algorithm>
#include <cctype>

#include "loop/vehicle/text.hpp"
#include "station/intake/formats/encoding.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::string_view declaration = "<?xml";

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

Declared declared_in(std::string_view bytes) {
    const auto head = loop::lower(bytes.substr(0, 120));
    const auto end = head.find("?>");
    if (head.find(declaration) == std::string::npos || end == std::string::npos) return Declared::nothing;
    std::string plain;
    std::ranges::copy_if(head.substr(0, end), std::back_inserter(plain),
                         [](char c) { return c != ' ' && c != '"' && c != '\''; });
    const auto at = plain.find("encoding=");
    return at == std::string::npos ? Declared::nothing : declared_as(std::string_view(plain).substr(at + 9));
}

/// Of `&` at the head of `text`: whether XML knows it as an entity.
bool is_entity(std::string_view text) {
    for (const std::string_view known : {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"})
        if (text.starts_with(known)) return true;
    if (!text.starts_with("&#")) return false;
    const auto end = text.substr(0, 12).find(';');
    if (end == std::string_view::npos || end < 3) return false;
    const bool hex = text[2] == 'x';
    const auto digits = text.substr(hex ? 3 : 2, end - (hex ? 3 : 2));
    return !digits.empty() &&
           std::ranges::all_of(digits, [hex](char c) { return hex ? is_hex(c) : (c >= '0' && c <= '9'); });
}

/// Where what begins at `at` and must not be looked into ends: a comment or CDATA; `at` where it is neither.
std::size_t end_of_opaque(std::string_view text, std::size_t at) {
    for (const auto& [begin, end] : {std::pair<std::string_view, std::string_view>{"<!--", "-->"},
                                     std::pair<std::string_view, std::string_view>{"<![CDATA[", "]]>"}}) {
        if (!text.substr(at).starts_with(begin)) continue;
        const auto found = text.find(end, at);
        return found == std::string_view::npos ? text.size() : found + end.size();
    }
    return at;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank) {
    if (text.find('%') == std::string_view::npos) return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return std::nullopt;
            out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        } else {
            out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::optional<std::string> xml_text(std::string_view bytes, std::size_t& bad_line) {
    std::optional<std::string> plain;
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && bytes.substr(first).starts_with("%3")) {
        const auto last = bytes.find_last_not_of(std::string_view(" \t\r\n\0", 5));
        plain = percent_decoded(bytes.substr(first, last - first + 1), true);
    }
    if (plain) bytes = *plain;
    const auto declared = declared_in(bytes);
    auto text = text_of(bytes, declared);
    if (!text) {
        bad_line = unreadable_line(bytes, declared);
        return std::nullopt;
    }
    return with_marked_controls(std::move(*text));
}

std::string mended_xml(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 64);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto rest = text.substr(i);
        const auto copy_to = [&](std::string_view end) {
            const auto at = rest.find(end);
            const auto size = at == std::string_view::npos ? rest.size() : at + end.size();
            out += rest.substr(0, size);
            i += size - 1;
        };
        if (rest.starts_with("<!--")) {
            copy_to("-->");
        } else if (rest.starts_with("<![CDATA[")) {
            copy_to("]]>");
        } else if (rest.front() == '&') {
            out += is_entity(rest) ? "&" : "&amp;";
        } else if (rest.front() == '<' && rest.size() > 1 && rest[1] == '<') {
            continue;
        } else if (rest.front() == '<' && rest.size() > 1 && rest[1] != '/' && rest[1] != '?' && rest[1] != '!' &&
                   rest[1] != '_' && static_cast<unsigned char>(rest[1]) < 0x80 &&
                   (!is_alnum(rest[1]) || (rest[1] >= '0' && rest[1] <= '9'))) {
            out += "&lt;";
        } else {
            out += rest.front();
        }
    }
    return out;
}

std::vector<XmlPiece> xml_documents(std::string_view text) {
    std::vector<std::size_t> begins{0};
    bool has_element = false;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '<') {
            ++at;
            continue;
        }
        if (const auto end = end_of_opaque(text, at); end > at) {
            at = end;
            continue;
        }
        const auto rest = text.substr(at);
        if (rest.starts_with(declaration) && has_element) {
            begins.push_back(at);
            has_element = false;
        }
        has_element = has_element || (rest.size() > 1 && rest[1] != '?' && rest[1] != '!');
        ++at;
    }
    std::vector<XmlPiece> out;
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const auto end = i + 1 < begins.size() ? begins[i + 1] : text.size();
        const auto before = text.substr(0, begins[i]);
        out.push_back(
            {text.substr(begins[i], end - begins[i]), static_cast<std::size_t>(std::ranges::count(before, '\n'))});
    }
    return out;
}

}  // namespace imloop::station::intake
