#include "station/intake/formats/xml.hpp"

#include <algorithm>
#include <optional>
#include <pugixml.hpp>

#include "loop/written/text.hpp"
#include "station/intake/formats/encoding.hpp"
#include "station/intake/formats/ini.hpp"
#include "station/intake/formats/xml_text.hpp"

namespace imloop::station::intake {
namespace {

class Lines {
public:
    explicit Lines(const XmlPiece& piece) : before_(piece.lines_before) {
        const auto text = piece.text;
        for (std::size_t i = 0; i < text.size(); ++i)
            if (text[i] == '\n') ends_.push_back(static_cast<std::ptrdiff_t>(i));
    }
    std::size_t of(std::ptrdiff_t offset) const {
        if (offset < 0) return 0;
        return before_ + static_cast<std::size_t>(std::ranges::lower_bound(ends_, offset) - ends_.begin()) + 1;
    }

private:
    std::size_t before_;
    std::vector<std::ptrdiff_t> ends_;
};

std::string local(std::string_view name) {
    const auto colon = name.find(':');
    return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

/// Name spaces and what XML itself defines are no members.
bool is_member(std::string_view attribute) {
    return attribute != "xmlns" && !attribute.starts_with("xmlns:") && !attribute.starts_with("xsi:") &&
           !attribute.starts_with("xml:");
}

/// `<low_hc value="23" limit="80"/>`.
pugi::xml_attribute own_value(const pugi::xml_node& from) {
    return from.find_attribute([](const pugi::xml_attribute& a) { return same_but_case(local(a.name()), "value"); });
}

XmlNode leaf(std::string name, std::string_view text, std::size_t line, bool of_attribute) {
    auto value = sound(text);
    return {std::move(name), value.value_or(""), line, of_attribute, !value, {}};
}

XmlError malformed(std::size_t line, const std::string& what) {
    return {"malformed_xml",
            "XML 结构不对，可能被截断 (" + what + ")",
            "no well-formed XML, cut short? (" + what + ")",
            line,
            {}};
}

bool is_text(const pugi::xml_node& node) { return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata; }

/// Where the first word of a text stands.
std::size_t line_of_text(const pugi::xml_node& node, const Lines& lines) {
    const std::string_view text = node.value();
    const auto blank = text.substr(0, text.find_first_not_of(" \t\r\n"));
    return lines.of(node.offset_debug()) + static_cast<std::size_t>(std::ranges::count(blank, '\n'));
}

/// Elements as nodes, and the texts between elements, which belong to none.
class Copy {
public:
    explicit Copy(const Lines& lines) : lines_(lines) {}

    /// Nothing where it is nested too deep.
    std::optional<XmlNode> of(const pugi::xml_node& root) {
        std::vector<XmlNode> beside;
        auto out = copied(root, 1, beside);
        std::ranges::sort(strays_, {}, &XmlError::line);
        return out;
    }
    /// By line; one for all elements of a name, with the line of the first.
    const std::vector<XmlError>& strays() const { return strays_; }

private:
    /// `attributes`: those of an element with a text of its own, which stand beside it.
    std::optional<XmlNode> copied(const pugi::xml_node& from, int depth, std::vector<XmlNode>& attributes) {
        if (depth > xml_depth_max) return std::nullopt;
        const auto line = lines_.of(from.offset_debug());
        std::string text;
        std::size_t text_line = 0;
        std::vector<XmlNode> children;
        for (const auto& child : from.children()) {
            if (is_text(child)) {
                text += child.value();
                if (text_line == 0 && !loop::trimmed(child.value()).empty()) text_line = line_of_text(child, lines_);
            }
            if (child.type() != pugi::node_element) continue;
            std::vector<XmlNode> beside;
            auto copy = copied(child, depth + 1, beside);
            if (!copy) return std::nullopt;
            children.push_back(std::move(*copy));
            std::ranges::move(beside, std::back_inserter(children));
        }
        const auto name = local(from.name());
        if (!children.empty()) {
            if (text_line != 0) stray(name, text_line);
            text.clear();
        }
        const auto own = children.empty() && text.empty() ? own_value(from) : pugi::xml_attribute();
        auto out = leaf(name, own ? own.value() : text.c_str(), line, false);
        out.children = std::move(children);
        const bool has_value = out.children.empty() && (!out.text.empty() || out.is_damaged);
        for (const auto& attribute : from.attributes()) {
            if (!is_member(attribute.name()) || attribute == own) continue;
            const auto member = local(attribute.name());
            if (has_value)
                attributes.push_back(leaf(out.name + "_" + member, attribute.value(), line, true));
            else
                out.children.push_back(leaf(member, attribute.value(), line, false));
        }
        return out;
    }

    void stray(const std::string& element, std::size_t line) {
        for (auto& there : strays_)
            if (there.place == element) {
                there.line = std::min(there.line, line);
                return;
            }
        strays_.push_back({"not_read", "元素之间有文字，没有读: " + element,
                           "text stands between the elements of " + element + " and is not read", line, element});
    }

    const Lines& lines_;
    std::vector<XmlError> strays_;
};

void find_percent_encoded(XmlNode& node, std::vector<std::pair<XmlNode*, std::string>>& found) {
    if (auto plain = percent_decoded(node.text, false)) found.emplace_back(&node, std::move(*plain));
    for (auto& child : node.children) find_percent_encoded(child, found);
}

/// Single values may be percent-encoded: their encoding is told from all of them together.
void decode_values(XmlNode& root) {
    constexpr char between = '\x1F';
    std::vector<std::pair<XmlNode*, std::string>> found;
    find_percent_encoded(root, found);
    std::string all;
    for (const auto& [_, bytes] : found) all += bytes + between;
    const auto text = text_of(all);
    std::string_view rest = text ? *text : std::string_view();
    const bool is_told = std::ranges::count(rest, between) == static_cast<std::ptrdiff_t>(found.size());
    for (auto& [node, bytes] : found) {
        const auto end = rest.find(between);
        const auto value = is_told ? sound(rest.substr(0, end)) : std::nullopt;
        if (is_told) rest.remove_prefix(end + 1);
        node->text = value.value_or("");
        node->is_damaged = !value;
    }
}

/// Zero bytes, which are marked by now, and byte-order marks stand between documents that were written one after the
/// other.
bool is_between_documents(std::string text) {
    constexpr std::string_view mark = "\xEF\xBF\xBD";
    for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos;) text.erase(at, mark.size());
    return loop::trimmed(text).empty();
}

void parse(const XmlPiece& piece, std::vector<XmlDocument>& out) {
    const auto sound_text = mended_xml(piece.text);
    const Lines lines({sound_text, piece.lines_before});
    pugi::xml_document document;
    const auto parsed = document.load_buffer(sound_text.data(), sound_text.size(),
                                             pugi::parse_default | pugi::parse_fragment, pugi::encoding_utf8);
    if (!parsed) {
        out.emplace_back(malformed(lines.of(parsed.offset), parsed.description()));
        return;
    }
    const auto before = out.size();
    for (const auto& node : document.children()) {
        if (is_text(node) && !is_between_documents(node.value()))
            out.emplace_back(malformed(line_of_text(node, lines), "text outside the document element"));
        if (node.type() != pugi::node_element) continue;
        Copy copy(lines);
        auto root = copy.of(node);
        if (!root) {
            out.emplace_back(malformed(lines.of(node.offset_debug()), "nested too deep"));
            continue;
        }
        decode_values(*root);
        out.emplace_back(std::move(*root));
        for (const auto& stray : copy.strays()) out.emplace_back(stray);
    }
    if (out.size() == before) out.emplace_back(malformed(lines.of(0), "No document element found"));
}

}  // namespace

const XmlNode* XmlNode::child(std::string_view wanted) const {
    const auto found =
        std::ranges::find_if(children, [&](const XmlNode& child) { return same_but_case(child.name, wanted); });
    return found == children.end() ? nullptr : &*found;
}

std::vector<const XmlNode*> XmlNode::all(std::string_view wanted) const {
    std::vector<const XmlNode*> out;
    for (const auto& child : children)
        if (same_but_case(child.name, wanted)) out.push_back(&child);
    return out;
}

std::string XmlNode::value(std::string_view wanted) const {
    const auto* found = child(wanted);
    return found == nullptr ? std::string() : found->text;
}

std::vector<XmlDocument> parse_xml(std::string_view bytes) {
    if (bytes.size() > message_bytes_max)
        return {XmlError{"too_large", "文件超过 16 MiB", "the file is larger than 16 MiB", 0, {}}};
    std::size_t bad_line = 0;
    const auto text = xml_text(bytes, bad_line);
    if (!text)
        return {XmlError{"unreadable",
                         "不是它声明的编码，或看不出是哪种编码",
                         "is not of the encoding it declares, or of none that can be told",
                         bad_line,
                         {}}};
    std::vector<XmlDocument> out;
    for (const auto& piece : xml_documents(*text)) parse(piece, out);
    return out;
}

}  // namespace imloop::station::intake
