#include "station/intake/formats/xlsx_parts.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "station/intake/formats/encoding.hpp"

namespace imloop::station::intake::xlsx {
namespace {

using pugi::xml_node;

/// `_x000D_` is one character that XML can't hold; a carriage return says nothing.
std::string without_escapes(const std::string& text) {
    constexpr std::size_t escape = 7;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const char* begin = text.data() + at + 2;
        unsigned code = 0;
        const bool escaped = at + escape <= text.size() && text[at] == '_' && text[at + 1] == 'x' &&
                             text[at + escape - 1] == '_' &&
                             std::from_chars(begin, begin + 4, code, 16).ptr == begin + 4 && code > 0 && code <= 0x7F;
        if (!escaped)
            out += text[at];
        else if (code != '\r')
            out += static_cast<char>(code);
        at += escaped ? escape : 1;
    }
    return out;
}

/// A target against the folder of the part that names it.
std::string resolved(const std::string& folder, const std::string& target) {
    if (target.starts_with('/')) return target.substr(1);
    std::vector<std::string> steps;
    const auto path = folder + target;
    for (std::size_t at = 0; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        const auto step = path.substr(at, end - at);
        if (step == ".." && !steps.empty()) steps.pop_back();
        if (!step.empty() && step != "." && step != "..") steps.push_back(step);
        at = end + 1;
    }
    std::string out;
    for (const auto& step : steps) out += (out.empty() ? "" : "/") + step;
    return out;
}

struct Relation {
    std::string id, type, part;  ///< `type`: the last word of its address, the same in both editions of the standard
};

std::vector<Relation> relations_of(const Zip& zip, const std::string& part) {
    const auto slash = part.rfind('/');
    const auto folder = slash == std::string::npos ? std::string() : part.substr(0, slash + 1);
    const auto name = slash == std::string::npos ? part : part.substr(slash + 1);
    std::vector<Relation> out;
    const auto xml = xml_part(zip, folder + "_rels/" + name + ".rels");
    if (!xml) return out;
    each_child(xml->document_element(), "Relationship", [&](const xml_node& r) {
        const auto type = attribute(r, "Type");
        out.push_back({attribute(r, "Id"), type.substr(type.rfind('/') + 1), resolved(folder, attribute(r, "Target"))});
    });
    return out;
}

/// The part of that type; where no relation names one, what it is called by custom.
std::string part_of(const Zip& zip, const std::vector<Relation>& relations, std::string_view type,
                    const std::string& custom) {
    const auto found = std::ranges::find(relations, type, &Relation::type);
    if (found != relations.end()) return found->part;
    return zip.has(custom) ? custom : std::string();
}

std::vector<SheetPart> sheets_of(const xml_node& workbook, const std::vector<Relation>& relations) {
    std::vector<SheetPart> out;
    each_child(child(workbook, "sheets"), "sheet", [&](const xml_node& sheet) {
        const auto state = attribute(sheet, "state");
        const auto part = std::ranges::find(relations, attribute(sheet, "id"), &Relation::id);
        if (part != relations.end() && part->type == "worksheet")
            out.push_back({{attribute(sheet, "name"), !state.empty() && state != "visible"}, part->part});
    });
    std::ranges::stable_partition(out, [](const SheetPart& s) { return !s.sheet.hidden; });
    return out;
}

std::vector<NumberFormat> styles_of(const xml_node& styles) {
    std::map<std::size_t, std::string> own;
    each_child(child(styles, "numFmts"), "numFmt",
               [&](const xml_node& f) { own[whole_or(attribute(f, "numFmtId"), 0)] = attribute(f, "formatCode"); });
    std::vector<NumberFormat> out;
    each_child(child(styles, "cellXfs"), "xf", [&](const xml_node& xf) {
        const auto id = whole_or(attribute(xf, "numFmtId"), 0);
        const auto format = own.find(id);
        out.push_back(format == own.end() ? builtin_format(id) : number_format(format->second));
    });
    return out;
}

}  // namespace

std::string_view local_name(const xml_node& node) {
    const std::string_view name = node.name();
    return name.substr(name.find(':') + 1);
}

xml_node child(const xml_node& parent, std::string_view name) {
    for (const auto& node : parent.children())
        if (local_name(node) == name) return node;
    return {};
}

std::string attribute(const xml_node& node, std::string_view name) {
    for (const auto& a : node.attributes()) {
        const std::string_view full = a.name();
        if (full == name || full.substr(full.find(':') + 1) == name) return a.value();
    }
    return {};
}

bool is_on(std::string_view attribute) { return attribute == "1" || attribute == "true" || attribute == "on"; }

std::optional<std::size_t> whole(std::string_view text) {
    std::size_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return n;
}

std::size_t whole_or(std::string_view text, std::size_t otherwise) { return whole(text).value_or(otherwise); }

std::string rich_text(const xml_node& node) {
    std::string out;
    for (const auto& part : node.children()) {
        if (local_name(part) == "t") out += part.text().get();
        if (local_name(part) == "r") out += child(part, "t").text().get();
    }
    return without_escapes(out);
}

journal::Error damaged(const std::string& part) {
    return {"bad_xlsx", "xlsx 文件损坏（" + part + "），请重新导出",
            "the xlsx file is damaged (" + part + "), export it again"};
}

journal::Result<pugi::xml_document> xml_part(const Zip& zip, const std::string& name) {
    const auto bytes = zip.part(name);
    if (!bytes) return bytes.error();
    const auto text = text_of(*bytes);
    pugi::xml_document out;
    if (!text || !out.load_buffer(text->data(), text->size(), pugi::parse_default | pugi::parse_ws_pcdata_single,
                                  pugi::encoding_utf8))
        return damaged(name);
    return out;
}

journal::Result<Workbook> workbook_of(const Zip& zip) {
    const auto name = part_of(zip, relations_of(zip, ""), "officeDocument", "xl/workbook.xml");
    const auto file = xml_part(zip, name.empty() ? "xl/workbook.xml" : name);
    if (!file) return file.error();
    const auto book = file->document_element();
    const auto relations = relations_of(zip, name);
    Workbook out;
    out.sheets = sheets_of(book, relations);
    if (out.sheets.empty()) return damaged("sheets");
    out.serial_zero = is_on(attribute(child(book, "workbookPr"), "date1904")) ? loop::parse_day("1904-01-01").value()
                                                                              : serial_zero_1900();
    out.computed_when_opened = is_on(attribute(child(book, "calcPr"), "fullCalcOnLoad"));
    if (const auto part = part_of(zip, relations, "sharedStrings", "xl/sharedStrings.xml"); !part.empty()) {
        const auto shared = xml_part(zip, part);
        if (!shared) return shared.error();
        each_child(shared->document_element(), "si", [&](const xml_node& si) { out.strings.push_back(rich_text(si)); });
    }
    if (const auto part = part_of(zip, relations, "styles", "xl/styles.xml"); !part.empty()) {
        const auto styles = xml_part(zip, part);
        if (!styles) return styles.error();
        out.styles = styles_of(styles->document_element());
    }
    return out;
}

}  // namespace imloop::station::intake::xlsx
