// XML as test lines and provincial platforms write it: UTF-8, UTF-16, GBK or GB2312, several documents in a file, the
// whole text or single values percent-encoded, `<<tag>`, `&` and `<` that are not escaped. Names are without their name
// space. What cannot be mended is refused with its line. No entities but the five of XML and no files are ever fetched.
// Pure and thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "journal/error.hpp"
#include "station/intake/formats/file_bytes.hpp"

namespace imloop::station::intake {

inline constexpr int xml_depth_max = 16;

struct XmlNode {
    std::string name;
    std::string text;           ///< of a leaf, without spaces and control characters around; empty where it is damaged
    std::size_t line = 0;       ///< from 1, in the decoded text
    bool is_attribute = false;  ///< of the element before it: `limit` of `low_hc` is a member low_hc_limit
    bool is_damaged = false;    ///< a character of its text is cut
    std::vector<XmlNode> children;  ///< also attributes of an element that has no text of its own

    const XmlNode* child(std::string_view name) const;  ///< the first one, or null
    std::vector<const XmlNode*> all(std::string_view name) const;
    std::string value(std::string_view name) const;  ///< empty where there is no such child
};

struct XmlError {
    std::string code;  ///< unreadable, too_large, malformed_xml; not_read: a text between the elements of a root
    std::string zh, en;
    std::size_t line = 0;  ///< 0 where it is not known
    std::string place;     ///< of what is not read: the name of the element
};

[[noreturn]] inline void throw_exception_from_error(const XmlError& e, const boost::source_location&) {
    throw std::runtime_error(e.code + ": " + e.en);
}

using XmlDocument = boost::system::result<XmlNode, XmlError>;

/// Each document of a file, its root element or why it has none: at least one. Text between roots, or behind the last,
/// is one that is malformed; text between elements follows its root as what is not read. A file whose encoding can't be
/// told, or of more than message_bytes_max, is one that is refused.
std::vector<XmlDocument> parse_xml(std::string_view bytes);

}  // namespace imloop::station::intake
