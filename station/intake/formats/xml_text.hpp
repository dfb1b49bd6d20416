// The bytes of an XML file as text that a parser takes: decoded, mended where that is no guess, taken apart where a
// test PC has appended one document to another. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imloop::station::intake {

/// By its mark, its declaration, or, where it has neither, as encoding.hpp does. The whole text may be percent-encoded.
/// `bad_line`: of what is no text, where nothing is given.
std::optional<std::string> xml_text(std::string_view bytes, std::size_t& bad_line);

/// `<<tag>`, and `&` and `<` that are not escaped; no line is added or lost.
std::string mended_xml(std::string_view text);

struct XmlPiece {
    std::string_view text;
    std::size_t lines_before = 0;
};
/// One a document: a further one begins where an XML declaration stands behind an element.
std::vector<XmlPiece> xml_documents(std::string_view text);

/// Nothing where a `%` is not followed by two hexadecimal digits, or where there is none.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_blank);

}  // namespace imloop::station::intake
