#include "station/intake/formats/xlsx.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <map>

#include "station/intake/formats/xlsx_parts.hpp"

namespace imloop::station::intake {
namespace {

using namespace xlsx;
using pugi::xml_node;

/// `C` of `C12` is 3, and `row` 12; nothing where it is no such name.
struct CellName {
    std::size_t column = 0, row = 0;  ///< from 1
};
std::optional<CellName> cell_of(std::string_view name) {
    CellName out;
    std::size_t at = 0;
    for (; at < name.size() && at < 4; ++at) {
        const char letter = name[at] >= 'a' && name[at] <= 'z' ? static_cast<char>(name[at] - 'a' + 'A') : name[at];
        if (letter < 'A' || letter > 'Z') break;
        out.column = out.column * 26 + static_cast<std::size_t>(letter - 'A' + 1);
    }
    const auto row = whole(name.substr(at));
    if (at == 0 || !row || *row == 0) return std::nullopt;
    out.row = *row;
    return out;
}

bool blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

class Sheet {
public:
    Sheet(const Workbook& book, Table& out) : book_(book), out_(out) {}

    std::optional<journal::Error> read(const xml_node& sheet) {
        std::optional<journal::Error> bad;
        std::size_t last = 0;
        read_columns(child(sheet, "cols"));
        each_child(child(sheet, "sheetData"), "row", [&](const xml_node& row) {
            if (bad) return;
            const auto number = whole_or(attribute(row, "r"), last + 1);
            if (number <= last) bad = damaged("row");
            last = number;
            if (!bad) bad = read_row(row, number);
        });
        return bad ? bad : fill_merged(child(sheet, "mergeCells"));
    }

private:
    static journal::Error too_many_rows() {
        return {"too_many_rows", fmt::format("超过 {0} 行，请按月份分开导出", table_limits.rows),
                fmt::format("more than {0} rows, export it month by month", table_limits.rows)};
    }

    bool too_much() const { return cells_ > table_limits.cells || text_bytes_ > table_limits.text_bytes; }

    /// A width or height of 0 hides as well.
    static bool is_hidden(const xml_node& node, const char* size) {
        const auto extent = attribute(node, size);
        return is_on(attribute(node, "hidden")) ||
               (!extent.empty() && extent.find_first_not_of("0.") == std::string::npos);
    }

    void read_columns(const xml_node& columns) {
        each_child(columns, "col", [&](const xml_node& col) {
            const auto first = whole_or(attribute(col, "min"), 0);
            const auto last = std::min(whole_or(attribute(col, "max"), first), table_limits.columns);
            if (!is_hidden(col, "width")) return;
            for (auto column = std::max<std::size_t>(first, 1); column <= last; ++column)
                out_.hidden_columns.insert(column - 1);
        });
    }

    std::optional<journal::Error> read_row(const xml_node& node, std::size_t number) {
        Row row;
        row.number = number;
        row.hidden = is_hidden(node, "ht");
        std::optional<journal::Error> bad;
        std::size_t column = 0;
        each_child(node, "c", [&](const xml_node& c) {
            const auto name = attribute(c, "r");
            const auto place = cell_of(name);
            if (!name.empty() && !place) bad = damaged(name);
            column = place ? place->column : column + 1;
            const auto found = text_in(c);
            if (!found) bad = lost_string(fmt::format("{}/{}", number, column));
            if (bad || found->empty()) return;
            const auto& text = *found;
            if (column > table_limits.columns) {
                bad = journal::Error{"too_many_columns",
                                     fmt::format("第 {0} 行超过 {1} 列", number, table_limits.columns),
                                     fmt::format("row {0} has more than {1} columns", number, table_limits.columns)};
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
        while (!row.cells.empty() && blank(row.cells.back())) row.cells.pop_back();
        if (row.cells.empty()) return std::nullopt;
        cells_ += row.cells.size();
        if (out_.rows.size() == table_limits.rows || too_much()) return too_many_rows();
        out_.rows.push_back(std::move(row));
        return std::nullopt;
    }

    static journal::Error lost_string(const std::string& place) {
        return {"bad_xlsx",
                fmt::format("第 {0} 格（行/列）的文字不在文件里，请用 Excel 或 WPS 打开、另存后再导入", place),
                fmt::format("the text of cell {0} (row/column) is not in the file, open it in Excel or WPS, save it "
                            "and import again",
                            place)};
    }

    /// Nothing where it is a shared string that is not there.
    std::optional<std::string> text_in(const xml_node& c) const {
        const auto type = attribute(c, "t");
        if (type == "inlineStr") return rich_text(child(c, "is"));
        const std::string value = child(c, "v").text().get();
        if (const auto formula = child(c, "f"); formula && !has_value(c, type, value))
            return std::string("=") + (formula.text().empty() ? "…" : formula.text().get());
        if (type == "s") {
            if (value.empty()) return std::string();
            const auto index = whole(value);
            return index && *index < book_.strings.size() ? std::optional(book_.strings[*index]) : std::nullopt;
        }
        if (type == "str" || type == "d" || type == "e") return value;
        if (type == "b") return value == "1" ? "TRUE" : "FALSE";
        double number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number)) return value;
        const auto style = whole_or(attribute(c, "s"), 0);
        return shown_number(number, style < book_.styles.size() ? book_.styles[style] : NumberFormat{},
                            out_.serial_zero);
    }

    /// Of a formula. An empty text is a value.
    bool has_value(const xml_node& c, std::string_view type, const std::string& value) const {
        if (!child(c, "v")) return false;
        if (value.empty()) return type == "str";
        return !(book_.computed_when_opened && type != "str" && value.find_first_not_of("0.") == std::string::npos);
    }

    /// What is merged over rows stands in each of them; what is merged over columns, in the first.
    std::optional<journal::Error> fill_merged(const xml_node& merged) {
        std::map<std::size_t, Row*> by_number;
        for (auto& row : out_.rows) by_number[row.number] = &row;
        std::optional<journal::Error> bad;
        each_child(merged, "mergeCell", [&](const xml_node& cell) {
            const auto range = attribute(cell, "ref");
            const auto colon = range.find(':');
            const auto from = cell_of(range.substr(0, colon));
            const auto to = colon == std::string::npos ? from : cell_of(range.substr(colon + 1));
            if (bad || !from || !to || from->column > table_limits.columns || to->row <= from->row) return;
            const auto first = by_number.find(from->row);
            if (first == by_number.end() || first->second->cells.size() < from->column) return;
            const std::string text = first->second->cells[from->column - 1];
            if (blank(text)) return;
            out_.merged.push_back({from->column - 1, from->row, to->row});
            for (auto row = std::next(first); row != by_number.end() && row->first <= to->row; ++row) {
                auto& cells = row->second->cells;
                ++cells_;
                text_bytes_ += text.size();
                if (too_much()) {
                    bad = too_many_rows();
                    return;
                }
                if (cells.size() < from->column) cells.resize(from->column);
                cells[from->column - 1] = text;
            }
        });
        return bad;
    }

    const Workbook& book_;
    Table& out_;
    std::size_t cells_ = 0, text_bytes_ = 0;
};

}  // namespace

journal::Result<Table> read_xlsx(std::string_view bytes, std::size_t sheet) {
    const auto zip = Zip::open(bytes);
    if (!zip) return zip.error();
    const auto book = workbook_of(*zip);
    if (!book) return book.error();
    if (sheet == 0 || sheet > book->sheets.size())
        return journal::Error{"no_such_sheet",
                              fmt::format("没有第 {0} 张工作表，共 {1} 张", sheet, book->sheets.size()),
                              fmt::format("there is no sheet {0}, there are {1}", sheet, book->sheets.size())};
    Table out;
    out.serial_zero = book->serial_zero;
    out.sheet = book->sheets[sheet - 1].sheet.name;
    for (const auto& part : book->sheets) out.sheets.push_back(part.sheet);
    const auto part = xml_part(*zip, book->sheets[sheet - 1].part);
    if (!part) return part.error();
    if (const auto bad = Sheet(*book, out).read(part->document_element())) return *bad;
    return out;
}

}  // namespace imloop::station::intake
