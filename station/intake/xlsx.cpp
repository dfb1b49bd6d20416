#include "station/intake/xlsx.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <set>

#include "station/intake/encoding.hpp"
#include "station/intake/zip.hpp"

namespace imloop::station::intake {
namespace {

using pugi::xml_node;

/// Some writers give every element a prefix.
std::string_view local_name(const xml_node& node) {
    const std::string_view name = node.name();
    return name.substr(name.find(':') + 1);
}

template <typename Use>
void each_child(const xml_node& parent, std::string_view name, Use use) {
    for (const auto& node : parent.children())
        if (local_name(node) == name) use(node);
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

std::optional<std::size_t> whole(std::string_view text) {
    std::size_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return n;
}

std::size_t whole_or(std::string_view text, std::size_t otherwise) { return whole(text).value_or(otherwise); }

journal::Error damaged(const std::string& part) {
    return {"bad_xlsx",
            "xlsx 文件损坏（" + part + "），请重新导出 / the xlsx file is damaged (" + part + "), export it again"};
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

/// `C` of `C12` is 3, and `row` 12; nothing where it is no such name.
struct Place {
    std::size_t column = 0, row = 0;  ///< from 1
};
std::optional<Place> place_of(std::string_view name) {
    Place out;
    std::size_t at = 0;
    for (; at < name.size() && name[at] >= 'A' && name[at] <= 'Z' && at < 4; ++at)
        out.column = out.column * 26 + static_cast<std::size_t>(name[at] - 'A' + 1);
    const auto row = whole(name.substr(at));
    if (at == 0 || !row || *row == 0) return std::nullopt;
    out.row = *row;
    return out;
}

/// Whether a number format shows days or hours: y, m, d, h or s outside of quotes, brackets and escapes.
bool shows_time(std::string_view format) {
    for (std::size_t i = 0; i < format.size(); ++i) {
        const char c = format[i];
        if (c == '"' || c == '[') {
            i = format.find(c == '"' ? '"' : ']', i + 1);
            if (i == std::string_view::npos) return false;
        } else if (c == '\\' || c == '_' || c == '*') {
            ++i;
        } else if (c == ';') {
            return false;
        } else if (std::string_view("yYmMdDhHsS").find(c) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

bool builtin_time(std::size_t id) {
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

/// Indices of the cell styles that show a number as time.
std::set<std::size_t> time_styles(const xml_node& styles) {
    std::map<std::size_t, std::string> own;
    each_child(child(styles, "numFmts"), "numFmt",
               [&](const xml_node& f) { own[whole_or(attribute(f, "numFmtId"), 0)] = attribute(f, "formatCode"); });
    std::set<std::size_t> out;
    std::size_t index = 0;
    each_child(child(styles, "cellXfs"), "xf", [&](const xml_node& xf) {
        const auto id = whole_or(attribute(xf, "numFmtId"), 0);
        const auto format = own.find(id);
        if (format == own.end() ? builtin_time(id) : shows_time(format->second)) out.insert(index);
        ++index;
    });
    return out;
}

/// Text of <is>, <si>: its own <t>, or those of its runs; what is there for the pronunciation is left out.
std::string rich_text(const xml_node& node) {
    std::string out;
    for (const auto& part : node.children()) {
        if (local_name(part) == "t") out += part.text().get();
        if (local_name(part) == "r") out += child(part, "t").text().get();
    }
    for (auto at = out.find("_x000D_"); at != std::string::npos; at = out.find("_x000D_")) out.erase(at, 7);
    return out;
}

std::string number_text(double value) {
    auto text = fmt::format("{:.15G}", value);
    return text == "-0" ? "0" : text;
}

/// As 2026-03-01, with the time of day where the serial number has one.
std::string time_text(double serial, loop::Day zero) {
    if (serial < 1 || serial >= 2'958'466) return number_text(serial);
    const auto seconds = static_cast<std::int64_t>(std::llround(serial * 86'400));
    const auto moment = loop::start_of(zero + static_cast<loop::Day>(seconds / 86'400)) + seconds % 86'400 * 1000;
    auto text = loop::format_moment(moment).substr(0, 19);
    if (seconds % 86'400 == 0) return text.substr(0, 10);
    text[10] = ' ';
    return text;
}

class Sheet {
public:
    Sheet(std::vector<std::string> strings, std::set<std::size_t> times, Table& out)
        : strings_(std::move(strings)), time_styles_(std::move(times)), out_(out) {}

    std::optional<journal::Error> read(const xml_node& sheet) {
        std::optional<journal::Error> bad;
        std::size_t last = 0;
        each_child(child(sheet, "sheetData"), "row", [&](const xml_node& row) {
            if (bad) return;
            const auto number = whole_or(attribute(row, "r"), last + 1);
            if (number <= last) bad = damaged("row");
            last = number;
            if (!bad) bad = read_row(row, number);
        });
        if (!bad) bad = fill_merged(child(sheet, "mergeCells"));
        if (bad) return bad;
        std::erase_if(out_.rows, [](Row& row) {
            while (!row.cells.empty() && row.cells.back().find_first_not_of(" \t\r\n") == std::string::npos)
                row.cells.pop_back();
            return row.cells.empty();
        });
        return std::nullopt;
    }

private:
    static journal::Error too_many_rows() {
        return {"too_many_rows", fmt::format("超过 {0} 行，请按月份分开导出 / more than {0} rows, export it month by "
                                             "month",
                                             table_limits.rows)};
    }

    bool too_much() const { return cells_ > table_limits.cells || text_bytes_ > table_limits.text_bytes; }

    std::optional<journal::Error> read_row(const xml_node& node, std::size_t number) {
        Row row{number, {}};
        std::optional<journal::Error> bad;
        std::size_t column = 0;
        each_child(node, "c", [&](const xml_node& c) {
            const auto name = attribute(c, "r");
            const auto place = place_of(name);
            if (!name.empty() && !place) bad = damaged(name);
            column = place ? place->column : column + 1;
            const auto text = text_in(c);
            if (text.empty() || bad) return;
            if (column > table_limits.columns) {
                bad = journal::Error{"too_many_columns", fmt::format("第 {0} 行超过 {1} 列 / row {0} has more than "
                                                                     "{1} columns",
                                                                     number, table_limits.columns)};
                return;
            }
            if (text.size() > table_limits.cell_bytes) {
                bad = long_cell(number);
                return;
            }
            text_bytes_ += text.size();
            if (row.cells.size() < column) row.cells.resize(column);
            row.cells[column - 1] = text;
        });
        if (bad) return bad;
        cells_ += row.cells.size();
        if (out_.rows.size() == table_limits.rows || too_much()) return too_many_rows();
        out_.rows.push_back(std::move(row));
        return std::nullopt;
    }

    std::string text_in(const xml_node& c) const {
        const auto type = attribute(c, "t");
        if (type == "inlineStr") return rich_text(child(c, "is"));
        std::string value = child(c, "v").text().get();
        if (type == "s") {
            const auto index = whole(value);
            return index && *index < strings_.size() ? strings_[*index] : std::string();
        }
        if (type == "e") return {};
        if (type == "str" || type == "d") return value;
        if (type == "b") return value == "1" ? "TRUE" : "FALSE";
        double number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number)) return value;
        const auto style = whole_or(attribute(c, "s"), 0);
        return time_styles_.contains(style) ? time_text(number, out_.serial_zero) : number_text(number);
    }

    std::optional<journal::Error> fill_merged(const xml_node& merged) {
        std::map<std::size_t, Row*> by_number;
        for (auto& row : out_.rows) by_number[row.number] = &row;
        std::optional<journal::Error> bad;
        each_child(merged, "mergeCell", [&](const xml_node& cell) {
            const auto range = attribute(cell, "ref");
            const auto colon = range.find(':');
            const auto from = place_of(range.substr(0, colon));
            const auto to = colon == std::string::npos ? from : place_of(range.substr(colon + 1));
            if (bad || !from || !to || from->column > table_limits.columns || to->column < from->column) return;
            const auto first = by_number.find(from->row);
            if (first == by_number.end() || first->second->cells.size() < from->column) return;
            const std::string text = first->second->cells[from->column - 1];
            const auto last_column = std::min(to->column, table_limits.columns);
            for (auto row = first; row != by_number.end() && row->first <= to->row; ++row) {
                auto& cells = row->second->cells;
                cells_ += last_column - from->column + 1;
                text_bytes_ += (last_column - from->column + 1) * text.size();
                if (too_much()) {
                    bad = too_many_rows();
                    return;
                }
                if (cells.size() < last_column) cells.resize(last_column);
                for (auto column = from->column; column <= last_column; ++column) cells[column - 1] = text;
            }
        });
        return bad;
    }

    std::vector<std::string> strings_;
    std::set<std::size_t> time_styles_;
    Table& out_;
    std::size_t cells_ = 0, text_bytes_ = 0;
};

struct SheetPart {
    std::string name, part;
};

/// The sheets to be seen, in the workbook's order, with the parts they are in.
journal::Result<std::vector<SheetPart>> sheets_of(const Zip& zip, const xml_node& workbook) {
    const auto relations = xml_part(zip, "xl/_rels/workbook.xml.rels");
    if (!relations) return relations.error();
    std::map<std::string, std::string> parts;
    each_child(relations->document_element(), "Relationship", [&](const xml_node& r) {
        if (!attribute(r, "Type").ends_with("/worksheet")) return;
        const auto target = attribute(r, "Target");
        parts[attribute(r, "Id")] = target.starts_with('/') ? target.substr(1) : "xl/" + target;
    });
    std::vector<SheetPart> out;
    each_child(child(workbook, "sheets"), "sheet", [&](const xml_node& sheet) {
        const auto state = attribute(sheet, "state");
        const auto part = parts.find(attribute(sheet, "id"));
        if ((state.empty() || state == "visible") && part != parts.end())
            out.push_back({attribute(sheet, "name"), part->second});
    });
    return out;
}

}  // namespace

journal::Result<Table> read_xlsx(std::string_view bytes, std::size_t sheet) {
    const auto zip = Zip::open(bytes);
    if (!zip) return zip.error();
    const auto workbook = xml_part(*zip, "xl/workbook.xml");
    if (!workbook) return workbook.error();
    const auto sheets = sheets_of(*zip, workbook->document_element());
    if (!sheets) return sheets.error();
    if (sheet == 0 || sheet > sheets->size())
        return journal::Error{"no_such_sheet", fmt::format("没有第 {0} 张工作表，共 {1} 张 / there is no sheet {0}, "
                                                           "there are {1}",
                                                           sheet, sheets->size())};
    Table out;
    const auto system = attribute(child(workbook->document_element(), "workbookPr"), "date1904");
    out.serial_zero = system == "1" || system == "true" ? loop::parse_day("1904-01-01").value() : serial_zero_1900();
    out.sheet = (*sheets)[sheet - 1].name;
    out.sheets = sheets->size();

    std::vector<std::string> strings;
    if (zip->has("xl/sharedStrings.xml")) {
        const auto shared = xml_part(*zip, "xl/sharedStrings.xml");
        if (!shared) return shared.error();
        each_child(shared->document_element(), "si", [&](const xml_node& si) { strings.push_back(rich_text(si)); });
    }
    std::set<std::size_t> times;
    if (zip->has("xl/styles.xml")) {
        const auto styles = xml_part(*zip, "xl/styles.xml");
        if (!styles) return styles.error();
        times = time_styles(styles->document_element());
    }
    const auto part = xml_part(*zip, (*sheets)[sheet - 1].part);
    if (!part) return part.error();
    Sheet reader(std::move(strings), std::move(times), out);
    if (const auto bad = reader.read(part->document_element())) return *bad;
    return out;
}

}  // namespace imloop::station::intake
