#include "hub/report/render.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "markup/csv.hpp"

namespace imloop::hub {
namespace {

using markup::Csv;
using nlohmann::json;

bool is_wide(std::uint32_t c) {
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
           (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);
}

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
    const std::string space(width - std::min(width, display_cells(text)), ' ');
    return to_the_right ? space + text : text + space;
}

}  // namespace

std::string cell_words(const json& cell, const Column& column, Language in) {
    const bool is_zh = in == Language::zh;
    if (cell.is_null()) return "–";
    if (cell.is_boolean()) return !cell.get<bool>() ? "" : is_zh ? "是" : "yes";
    if (cell.is_object()) return cell.at(is_zh ? "zh" : "en").get<std::string>();
    if (cell.is_array()) return fmt::format("{}", fmt::join(cell.get<std::vector<std::string>>(), ", "));
    if (column.words != nullptr) {
        const auto words = column.words(cell.get_ref<const std::string&>());
        return is_zh ? words.zh : words.en;
    }
    if (column.is_rate) return fmt::format("{:.1f}%", cell.get<double>() * 100);
    if (cell.is_number_float()) return fmt::format("{:g}", cell.get<double>());
    return cell.is_string() ? cell.get<std::string>() : cell.dump();
}

std::size_t display_cells(std::string_view text) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        std::uint32_t c = size == 1 ? lead : lead & (0xFFU >> (size + 1));
        for (std::size_t k = 1; k < size && i + k < text.size(); ++k)
            c = (c << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        out += is_wide(c) ? 2 : 1;
        i += size;
    }
    return out;
}

std::string as_table(const Report& report) {
    std::vector<std::vector<std::string>> lines(1);
    std::vector<bool> is_number(report.columns.size(), false);
    for (const auto& column : report.columns) lines[0].push_back(column.zh);
    for (const auto& row : report.rows) {
        auto& line = lines.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) {
            line.push_back(cell_words(row[i], report.columns[i], Language::zh));
            is_number[i] = is_number[i] || row[i].is_number();
        }
    }
    std::vector<std::size_t> widths(report.columns.size(), 0);
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], display_cells(line[i]));
    std::string out = report.zh + " / " + report.en + "\n";
    for (const auto& [name, value] : report.about.items())
        out += fmt::format("{}: {}  ", name, value.is_string() ? value.get<std::string>() : value.dump());
    out += "\n\n";
    for (const auto& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) text += padded(line[i], widths[i], is_number[i]) + "  ";
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    }
    if (report.rows.empty()) out += "（没有 / none）\n";
    return out;
}

json row_object(const std::vector<Column>& columns, const std::vector<json>& row) {
    json out = json::object();
    for (std::size_t i = 0; i < row.size(); ++i) out[columns[i].name] = row[i];
    return out;
}

std::vector<json> object_row(const std::vector<Column>& columns, const json& object) {
    std::vector<json> out;
    for (const auto& column : columns) out.push_back(object.at(column.name));
    return out;
}

std::string as_json(const Report& report) {
    json out{{"title", report.zh}, {"title_en", report.en}, {"rows", json::array()}};
    out.update(report.about);
    for (const auto& row : report.rows) out["rows"].push_back(row_object(report.columns, row));
    return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

namespace {

void put_rows(Csv& out, const Report& report, Language language) {
    for (const auto& row : report.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool is_text = row[i].is_string() || row[i].is_object() || row[i].is_array();
            if (is_text)
                out.text(cell_words(row[i], report.columns[i], language));
            else
                out.value(row[i].is_null() ? "" : row[i].dump());
        }
        out.end_row();
    }
}

}  // namespace

std::string as_csv(const Report& report) {
    Csv out;
    for (const auto& column : report.columns) out.text(column.name);
    out.end_row();
    put_rows(out, report, Language::zh);
    return out.take();
}

std::string as_csv(const Report& report, Language language, const Closing& closing) {
    Csv out;
    for (const auto& column : report.columns) out.text(language == Language::zh ? column.zh : column.en);
    out.end_row();
    put_rows(out, report, language);
    out.text("");
    out.end_row();
    for (const auto& [name, said] : closing) {
        out.text(name);
        if (said.is_string())
            out.text(said.get_ref<const std::string&>());
        else
            out.value(said.dump());
        out.end_row();
    }
    return out.take();
}

}  // namespace imloop::hub
