#include "station/intake/formats/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace imloop::station::intake {
namespace {

constexpr std::size_t lines_looked_at = 20;

/// The separator of which most of the first lines have the same number, the larger number among equals; a comma where
/// there is none.
char separator_of(std::string_view text) {
    constexpr std::array<char, 3> candidates = {',', '\t', ';'};
    std::array<std::vector<std::size_t>, 3> counts;
    std::array<std::size_t, 3> in_line{};
    bool quoted = false, blank = true;
    const auto end_line = [&] {
        for (std::size_t i = 0; i < 3; ++i)
            if (!blank) counts[i].push_back(in_line[i]);
        in_line = {};
        blank = true;
    };
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (!quoted && (c == '\n' || c == '\r')) {
            end_line();
            if (counts[0].size() == lines_looked_at) break;
            continue;
        }
        if (c != ' ') blank = false;
        for (std::size_t i = 0; i < 3; ++i)
            if (!quoted && c == candidates[i]) ++in_line[i];
    }
    end_line();
    char best = ',';
    std::pair<std::size_t, std::size_t> most;
    for (std::size_t i = 0; i < 3; ++i) {
        if (counts[i].empty()) continue;
        std::ranges::sort(counts[i]);
        const auto median = counts[i][counts[i].size() / 2];
        const std::pair found(static_cast<std::size_t>(std::ranges::count(counts[i], median)), median);
        if (median > 0 && found > most) {
            most = found;
            best = candidates[i];
        }
    }
    return best;
}

std::string cell_of(std::string text) {
    if (text.size() >= 3 && text.starts_with("=\"") && text.back() == '"') return text.substr(2, text.size() - 3);
    return text;
}

class Reader {
public:
    Reader(std::string_view text, char separator, std::size_t line) : text_(text), separator_(separator), line_(line) {}

    journal::Result<Table> read() {
        Table out;
        out.serial_zero = serial_zero_1900();
        out.delimited = true;
        std::size_t cells = 0;
        while (at_ < text_.size()) {
            Row row;
            row.number = line_;
            bool more = true;
            while (more) {
                if (row.cells.size() == table_limits.columns)
                    return journal::Error{
                        "too_many_columns", fmt::format("第 {0} 行超过 {1} 列", row.number, table_limits.columns),
                        fmt::format("line {0} has more than {1} columns", row.number, table_limits.columns)};
                auto cell = read_cell(more);
                if (unended_ != 0)
                    return journal::Error{
                        "unended_quote", fmt::format("第 {0} 行的引号没有结束，请重新导出", unended_),
                        fmt::format("the quote on line {0} is never closed, export the file again", unended_)};
                if (cell.size() > table_limits.cell_bytes) return long_cell(row.number);
                row.cells.push_back(cell_of(std::move(cell)));
            }
            row.written = row.cells.size();
            while (!row.cells.empty() && row.cells.back().find_first_not_of(" \t") == std::string::npos)
                row.cells.pop_back();
            if (row.cells.empty()) continue;
            cells += row.cells.size();
            if (out.rows.size() == table_limits.rows || cells > table_limits.cells)
                return journal::Error{"too_many_rows", fmt::format("超过 {0} 行，请按月份分开导出", table_limits.rows),
                                      fmt::format("more than {0} rows, export it month by month", table_limits.rows)};
            out.rows.push_back(std::move(row));
        }
        return out;
    }

private:
    /// Up to the next separator or line end, which is passed; `more` is false after a line end.
    std::string read_cell(bool& more) {
        std::string cell;
        if (at_ < text_.size() && text_[at_] == '"') {
            const auto begun = line_;
            ++at_;
            while (true) {
                if (at_ == text_.size()) {
                    unended_ = begun;
                    return cell;
                }
                const char c = text_[at_++];
                if (c == '"' && at_ < text_.size() && text_[at_] == '"') {
                    cell += text_[at_++];
                } else if (c == '"') {
                    break;
                } else {
                    if (c == '\n' || (c == '\r' && (at_ == text_.size() || text_[at_] != '\n'))) ++line_;
                    cell += c;
                }
            }
        }
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == separator_) return cell;
            if (c == '\n' || c == '\r') {
                if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
                ++line_;
                more = false;
                return cell;
            }
            cell += c;
        }
        more = false;
        return cell;
    }

    std::string_view text_;
    char separator_;
    std::size_t line_;
    std::size_t at_ = 0;
    std::size_t unended_ = 0;  ///< line of a quote that is not closed
};

}  // namespace

journal::Result<Table> read_csv(std::string_view utf8) {
    if (utf8.size() > 5 && utf8.starts_with("sep=") && (utf8[5] == '\n' || utf8[5] == '\r')) {
        const char separator = utf8[4];
        utf8.remove_prefix(utf8.substr(5).starts_with("\r\n") ? 7 : 6);
        return Reader(utf8, separator, 2).read();
    }
    return Reader(utf8, separator_of(utf8), 1).read();
}

}  // namespace imloop::station::intake
