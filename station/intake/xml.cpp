#include "station/intake/xml.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <pugixml.hpp>

#include "station/intake/encoding.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// Nothing where a `%` is not followed by two hexadecimal digits, or where there is none.
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

bool declares_gb(std::string_view bytes) {
    std::string head(bytes.substr(0, std::min<std::size_t>(bytes.size(), 120)));
    std::ranges::transform(head, head.begin(),
                           [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return head.find("encoding='gb") != std::string::npos || head.find("encoding=\"gb") != std::string::npos;
}

std::optional<std::string> decoded(std::string_view bytes) {
    std::optional<std::string> plain;
    if (trimmed(bytes).starts_with("%3")) plain = percent_decoded(trimmed(bytes), true);
    if (plain) bytes = *plain;
    return declares_gb(bytes) ? text_of_declared_gb(bytes) : text_of(bytes);
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

/// Mends what can be mended without a guess; no line is added or lost.
std::string mended(std::string_view text) {
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

std::string value_of(const char* raw) {
    const auto text = trimmed(raw);
    if (const auto plain = percent_decoded(text, false))
        if (const auto utf8 = text_of(*plain)) return std::string(trimmed(*utf8));
    return std::string(text);
}

class Lines {
public:
    explicit Lines(std::string_view text) {
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == '\n') ends_.push_back(static_cast<std::ptrdiff_t>(i));
    }
    std::size_t of(std::ptrdiff_t offset) const {
        if (offset < 0) return 0;
        return static_cast<std::size_t>(std::ranges::lower_bound(ends_, offset) - ends_.begin()) + 1;
    }

private:
    std::vector<std::ptrdiff_t> ends_;
};

/// Nothing where it is nested too deep.
std::optional<XmlNode> copied(const pugi::xml_node& from, const Lines& lines, int depth) {
    if (depth > xml_depth_max) return std::nullopt;
    XmlNode out{from.name(), {}, lines.of(from.offset_debug()), {}};
    std::string text;
    for (const auto& child : from.children()) {
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
        if (child.type() != pugi::node_element) continue;
        auto copy = copied(child, lines, depth + 1);
        if (!copy) return std::nullopt;
        out.children.push_back(std::move(*copy));
    }
    out.text = value_of(text.c_str());
    return out;
}

XmlError malformed(std::size_t line, const std::string& what) {
    return {"malformed_xml", "XML 结构不对，可能被截断 (" + what + ")", "no well-formed XML, cut short? (" + what + ")",
            line};
}

}  // namespace

const XmlNode* XmlNode::child(std::string_view wanted) const {
    const auto found = std::ranges::find(children, wanted, &XmlNode::name);
    return found == children.end() ? nullptr : &*found;
}

std::vector<const XmlNode*> XmlNode::all(std::string_view wanted) const {
    std::vector<const XmlNode*> out;
    for (const auto& child : children)
        if (child.name == wanted) out.push_back(&child);
    return out;
}

std::string XmlNode::value(std::string_view wanted) const {
    const auto* found = child(wanted);
    return found == nullptr ? std::string() : found->text;
}

const XmlNode* XmlNode::descendant(std::string_view wanted) const {
    if (name == wanted) return this;
    for (const auto& child : children)
        if (const auto* found = child.descendant(wanted)) return found;
    return nullptr;
}

boost::system::result<XmlNode, XmlError> parse_xml(std::string_view bytes) {
    if (bytes.size() > xml_bytes_max)
        return XmlError{"too_large", "文件超过 16 MiB", "the file is larger than 16 MiB", 0};
    const auto text = decoded(bytes);
    if (!text) return XmlError{"unreadable", "编码读不出来", "no known encoding", 0};
    const std::string sound = mended(*text);
    const Lines lines(sound);
    pugi::xml_document document;
    const auto parsed = document.load_buffer(sound.data(), sound.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!parsed) return malformed(lines.of(parsed.offset), parsed.description());
    auto root = copied(document.document_element(), lines, 1);
    if (!root) return malformed(0, "nested too deep");
    return std::move(*root);
}

}  // namespace imloop::station::intake
