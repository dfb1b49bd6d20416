// XML as test lines and provincial platforms write it: UTF-8, UTF-16, GBK or GB2312 whatever the declaration says, the
// whole text or single values percent-encoded, `<<tag>`, `&` and `<` that are not escaped. What cannot be mended is
// refused with its line. No entities but the five of XML and no files are ever fetched. Pure and thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "journal/error.hpp"

namespace imloop::station::intake {

inline constexpr std::size_t xml_bytes_max = 16 << 20;
inline constexpr int xml_depth_max = 16;

struct XmlNode {
    std::string name;
    std::string text;      ///< its own, trimmed
    std::size_t line = 0;  ///< from 1, in the decoded text
    std::vector<XmlNode> children;

    const XmlNode* child(std::string_view name) const;  ///< the first one, or null
    std::vector<const XmlNode*> all(std::string_view name) const;
    std::string value(std::string_view name) const;          ///< empty where there is no such child
    const XmlNode* descendant(std::string_view name) const;  ///< itself, or the first one below
};

struct XmlError {
    std::string code;  ///< unreadable, too_large or malformed_xml
    std::string zh, en;
    std::size_t line = 0;  ///< 0 where it is not known
};

/// The document's root element.
boost::system::result<XmlNode, XmlError> parse_xml(std::string_view bytes);

[[noreturn]] inline void throw_exception_from_error(const XmlError& e, const boost::source_location&) {
    throw std::runtime_error(e.code + ": " + e.en);
}

}  // namespace imloop::station::intake
