// What an XLSX file is made of: its sheets, shared strings and number formats, found by their relations (ECMA-376 part
// 2, 9.3), whatever the parts are called. Also the small means of reading its XML, where a writer may give every
// element a prefix.
#pragma once

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "station/intake/formats/number_format.hpp"
#include "station/intake/formats/table.hpp"
#include "station/intake/formats/zip.hpp"

namespace imloop::station::intake::xlsx {

std::string_view local_name(const pugi::xml_node&);
pugi::xml_node child(const pugi::xml_node& parent, std::string_view name);
template <typename Use>
void each_child(const pugi::xml_node& parent, std::string_view name, Use use) {
    for (const auto& node : parent.children())
        if (local_name(node) == name) use(node);
}
std::string attribute(const pugi::xml_node&, std::string_view name);
/// `1`, `true`
bool is_on(std::string_view attribute);
std::optional<std::size_t> whole(std::string_view text);
std::size_t whole_or(std::string_view text, std::size_t otherwise);
/// Text of <is>, <si>: its own <t>, or those of its runs; what is there for the pronunciation is left out.
std::string rich_text(const pugi::xml_node&);

journal::Error damaged(const std::string& part);
journal::Result<pugi::xml_document> xml_part(const Zip&, const std::string& name);

struct SheetPart {
    SheetName sheet;
    std::string part;
};

struct Workbook {
    std::vector<SheetPart> sheets;  ///< those to be seen first, each in the workbook's order
    std::vector<std::string> strings;
    std::vector<NumberFormat> styles;  ///< by the index of a cell's style
    loop::Day serial_zero = 0;
    bool computed_when_opened = false;  ///< the writer left its formulas to the spreadsheet and stored 0 for each
};

journal::Result<Workbook> workbook_of(const Zip&);

}  // namespace imloop::station::intake::xlsx
