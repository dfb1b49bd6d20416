#include "hub/report/pdf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "hub/report/paper.hpp"
#include "hub/report/pdf_columns.hpp"
#include "loop/time.hpp"
#include "service/printable.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;
using Side = Paper::Side;

constexpr double margin = 40;
constexpr double title_size = 14, heading_size = 8;
constexpr double beside = 2.5, above = 2;  // between a cell's text and its edges
constexpr double title_room = 22, line_room = 13, heading_gap = 6;
constexpr double table_gap = 14, signature_gap = 24, signature_room = 40;
constexpr double of_name = 0.22;  ///< of the width: what stands behind the rows has names so wide
/// In points at text_size_max: a column is made no wider for the sake of one long cell, nor of one long word, and least
/// of all of one in its name: numbers stay whole. Of Chinese that may be broken anywhere so much stays together, of a
/// cell and of a column's name.
constexpr double widest_cell = 220, widest_word = 110, widest_name_word = 32, cell_together = 5 * text_size_max,
                 name_together = 2 * text_size_max;
constexpr std::size_t rows_measured = 200;

struct Cell {
    std::string text;
    Side side = Side::left;
};
using Row = std::vector<Cell>;

struct Table {
    std::vector<double> widths;
    double text_size;
    Row head;  ///< on top, and of every page that it goes on to; empty: none
};

/// The document, once over: with the number of its pages; or with 0, to find it out, when no row is drawn.
class Document {
public:
    Document(const Report& report, Language language, const Heading& heading, std::int64_t made, PaperSize size,
             int pages_in_all)
        : is_zh_(language == Language::zh),
          heading_(heading),
          title_(service::printable(is_zh_ ? report.zh : report.en)),
          size_(size),
          in_all_(pages_in_all),
          paper_(size, title_, loop::format_moment(made * 1000)) {
        begin_page();
    }

    void begin(Table table) {
        table_ = std::move(table);
        if (!table_.head.empty()) head();
    }
    void row(const Row&);
    void signatures();
    void skip(double height) { y_ += height; }
    /// What stands there stands together.
    void keep(double height) {
        if (left() < height) next_page();
    }
    int pages() const { return page_; }
    int without_glyph() const { return without_glyph_; }
    std::string take() { return paper_.take(); }

private:
    double left() const { return bottom() - y_; }
    double bottom() const { return size_.height - margin - line_room; }
    void begin_page();
    void next_page() {
        paper_.next_page();
        begin_page();
    }
    void head() {
        is_head_ = true;
        row(table_.head);
        is_head_ = false;
        top_ = y_;
    }
    Laid wrapped(const std::string& text, double size, double width, Side side = Side::left, int lines_max = 0) {
        auto out = paper_.wrapped(text, size, width, side, lines_max);
        without_glyph_ += out.without_glyph();
        return out;
    }
    void edges(double height);

    const bool is_zh_;
    const Heading& heading_;
    const std::string title_;
    const PaperSize size_;
    const int in_all_;
    Paper paper_;
    Table table_;
    int page_ = 0, without_glyph_ = 0;
    double y_ = 0, top_ = 0;  ///< where the next row goes, and the first of a page
    bool is_head_ = false;
};

void Document::begin_page() {
    ++page_;
    const double width = size_.width - 2 * margin;
    paper_.draw(paper_.wrapped(title_, title_size, width, Side::middle, 1), margin, margin);
    y_ = margin + title_room;
    const auto hub = paper_.line(service::printable(heading_.hub), heading_size);
    const double beside_hub = std::max(width / 2, width - hub.width() - heading_size);
    paper_.draw(hub, margin + width - std::min(hub.width(), width - beside_hub), y_);
    const auto filter = paper_.wrapped(service::printable(heading_.filter), heading_size, beside_hub, Side::left, 2);
    paper_.draw(filter, margin, y_);
    y_ += std::max(filter.height(), hub.height()) + heading_gap;
    const auto of =
        is_zh_ ? fmt::format("第 {} 页，共 {} 页", page_, in_all_) : fmt::format("page {} of {}", page_, in_all_);
    paper_.draw(paper_.wrapped(of, heading_size, width, Side::middle), margin, bottom() + heading_gap);
    top_ = y_;
}

void Document::edges(double height) {
    double x = margin;
    paper_.rule(x, y_, size_.width - margin, y_);
    paper_.rule(x, y_ + height, size_.width - margin, y_ + height);
    paper_.rule(x, y_, x, y_ + height);
    for (const double width : table_.widths) {
        x += width;
        paper_.rule(x, y_, x, y_ + height);
    }
}

void Document::row(const Row& cells) {
    std::vector<Laid> laid;
    double height = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        laid.push_back(wrapped(cells[i].text, table_.text_size, table_.widths[i] - 2 * beside, cells[i].side));
        height = std::max(height, laid.back().height());
    }
    const auto turn_over = [&] {
        next_page();
        if (!table_.head.empty()) head();
    };
    // A row goes to the next page as a whole; one that no page holds is gone on with there.
    if (!is_head_ && height + 2 * above > left() && y_ > top_) turn_over();
    std::vector<std::size_t> next(cells.size(), 0);
    for (bool is_whole = false; !is_whole;) {
        is_whole = true;
        double slice = 0;
        std::vector<std::size_t> end = next;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto& lines = laid[i].lines();
            if (next[i] == lines.size()) continue;
            const double from = lines[next[i]].top;
            do ++end[i];
            while (end[i] < lines.size() && lines[end[i]].bottom - from + 2 * above <= left());
            slice = std::max(slice, lines[end[i] - 1].bottom - from);
            is_whole = is_whole && end[i] == lines.size();
        }
        slice += 2 * above;
        double x = margin;
        if (is_head_) paper_.shade(x, y_, size_.width - 2 * margin, slice);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto& lines = laid[i].lines();
            for (auto at = next[i]; in_all_ > 0 && at < end[i]; ++at)
                paper_.draw(lines[at], x + beside, y_ + above + lines[at].baseline - lines[next[i]].top);
            x += table_.widths[i];
        }
        edges(slice);
        y_ += slice;
        next = end;
        if (!is_whole) turn_over();
    }
}

void Document::signatures() {
    keep(signature_gap + signature_room);
    skip(signature_gap);
    const auto names = is_zh_ ? std::array{"制表", "复核", "负责人", "日期"}
                              : std::array{"prepared by", "checked by", "responsible", "date"};
    const double width = (size_.width - 2 * margin) / names.size();
    double x = margin;
    for (const auto* name : names) {
        const auto said = paper_.line(std::string(name) + (is_zh_ ? "：" : ":"), text_size_max);
        paper_.draw(said, x, y_);
        paper_.rule(x + said.width() + beside, y_ + said.height(), x + width - 4 * beside, y_ + said.height());
        x += width;
    }
    skip(signature_room);
}

std::string words(const json& cell, const Column& column, Language language) {
    return service::printable_lines(cell_words(cell, column, language));
}

/// Which columns hold numbers: these stand to the right.
std::vector<Side> sides(const Report& report) {
    std::vector<Side> out;
    for (std::size_t i = 0; i < report.columns.size(); ++i)
        out.push_back(std::ranges::any_of(report.rows, [i](const auto& row) { return row[i].is_number(); })
                          ? Side::right
                          : Side::left);
    return out;
}

Row head_of(const Report& report, const std::vector<Side>& sides, Language language) {
    Row out;
    for (std::size_t i = 0; i < report.columns.size(); ++i)
        out.push_back({language == Language::zh ? report.columns[i].zh : report.columns[i].en, sides[i]});
    return out;
}

Row cells_of(const Report& report, const std::vector<json>& row, const std::vector<Side>& sides, Language language) {
    Row out;
    for (std::size_t i = 0; i < row.size(); ++i) out.push_back({words(row[i], report.columns[i], language), sides[i]});
    return out;
}

std::vector<ColumnWish> wishes(const Report& report, const Row& head, Language language, const Paper& paper) {
    std::vector<ColumnWish> out(head.size());
    const auto wish = [&](ColumnWish& column, const std::string& text, double word_max, double together) {
        const double in_a_line = std::min(widest_cell, paper.line(text, text_size_max).width());
        const double word = std::min(word_max, paper.widest_word(text, text_size_max));
        column.widest = std::max(column.widest, in_a_line);
        column.least = std::max(column.least, std::max(word, std::min(in_a_line, together)));
    };
    for (std::size_t i = 0; i < head.size(); ++i) {
        wish(out[i], head[i].text, widest_name_word, name_together);
        for (std::size_t r = 0; r < std::min(report.rows.size(), rows_measured); ++r)
            wish(out[i], words(report.rows[r][i], report.columns[i], language), widest_word, cell_together);
        out[i].least += 2 * beside;
        out[i].widest = std::max(out[i].widest + 2 * beside, out[i].least);
    }
    return out;
}

}  // namespace

std::string as_pdf(const Report& report, Language language, const Heading& heading, const Closing& closing,
                   std::int64_t made) {
    const bool is_zh = language == Language::zh;
    const auto stand = sides(report);
    const auto head = head_of(report, stand, language);
    const double upright = a4.width - 2 * margin, on_side = a4_landscape.width - 2 * margin;
    const auto columns = plan_columns(wishes(report, head, language, Paper(a4, "", "")), upright, on_side);
    const auto size = columns.is_landscape ? a4_landscape : a4;
    const double width = size.width - 2 * margin;
    const auto write = [&](Document& out) {
        out.begin({columns.widths, columns.text_size, head});
        for (const auto& row : report.rows) out.row(cells_of(report, row, stand, language));
        if (report.rows.empty()) {
            out.begin({{width}, text_size_max, {}});
            out.row({{is_zh ? "（没有）" : "(none)", Side::middle}});
        }
        out.skip(table_gap);
        out.begin({{width * of_name, width * (1 - of_name)}, text_size_max, {}});
        for (const auto& [name, value] : closing)
            out.row({{service::printable(name)}, {words(value, Column(), language)}});
        if (const int count = out.without_glyph(); count > 0)
            out.row({{is_zh ? "没有字形" : "without a glyph"},
                     {is_zh ? fmt::format("{} 个字符，印成写有代码的方框", count)
                            : fmt::format("{} characters, shown as boxes with their codes", count)}});
        out.signatures();
    };
    int pages = 0;
    {
        Document uncounted(report, language, heading, made, size, pages);
        write(uncounted);
        pages = uncounted.pages();
    }
    Document out(report, language, heading, made, size, pages);
    write(out);
    return out.take();
}

}  // namespace imloop::hub
