#include "station/page/excerpt.hpp"

#include <algorithm>
#include <vector>

#include "loop/json.hpp"
#include "loop/record/text.hpp"
#include "station/files.hpp"
#include "station/intake/formats/encoding.hpp"
#include "station/intake/formats/table.hpp"
#include "station/watch/reading.hpp"

namespace imloop::station::page {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t lines_beside = 2, bytes_beside = 60, cells_beside = 4;

std::vector<std::string> tokens_of(std::string_view pointer) {
    std::vector<std::string> out;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        out.emplace_back(pointer.substr(0, end));
        pointer.remove_prefix(end);
    }
    return out;
}

/// Walks JSON text down to a pointer, without building anything.
class Walk {
public:
    explicit Walk(std::string_view text) : text_(text) {}

    std::optional<Span> find(const std::vector<std::string>& tokens) {
        for (const auto& token : tokens) {
            space();
            const auto open = at_;
            const char kind = peek();
            if ((kind != '{' && kind != '[') || !enter(kind, token)) return Span{open, open < text_.size() ? 1u : 0u};
        }
        space();
        const auto begin = at_;
        if (!skip()) return std::nullopt;
        return Span{begin, at_ - begin};
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void space() {
        while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
    }

    /// To the member or place `token`; false where there is none.
    bool enter(char kind, const std::string& token) {
        ++at_;
        for (std::size_t i = 0;; ++i) {
            space();
            if (peek() == '}' || peek() == ']' || at_ >= text_.size()) return false;
            std::string name = std::to_string(i);
            if (kind == '{') {
                const auto begin = at_ + 1;
                if (!skip_text()) return false;
                name = loop::record::pointer_token(text_.substr(begin, at_ - begin - 1));
                space();
                if (peek() != ':') return false;
                ++at_;
            }
            if (name == token) return true;
            if (!skip()) return false;
            space();
            if (peek() == ',') ++at_;
        }
    }

    bool skip_text() {
        if (peek() != '"') return false;
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\')
                ++at_;
            else if (text_[at_] == '"')
                return ++at_, true;
        }
        return false;
    }

    bool skip() {
        space();
        if (peek() == '"') return skip_text();
        if (peek() != '{' && peek() != '[') {
            const auto begin = at_;
            while (at_ < text_.size() && std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos)
                ++at_;
            return at_ > begin;
        }
        for (int depth = 0; at_ < text_.size();) {
            const char c = text_[at_];
            if (c == '"') {
                if (!skip_text()) return false;
                continue;
            }
            ++at_;
            if (c == '{' || c == '[') ++depth;
            if ((c == '}' || c == ']') && --depth == 0) return true;
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

bool within_character(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

/// A line with the place marked, cut where it is long.
Html marked(std::string_view line, std::size_t from, std::size_t to) {
    auto begin = from > bytes_beside ? from - bytes_beside : 0;
    auto end = std::min(line.size(), std::max(to, from) + bytes_beside);
    if (end - begin > 6 * bytes_beside) end = begin + 6 * bytes_beside;
    while (within_character(line, begin)) --begin;
    while (within_character(line, end)) ++end;
    to = std::min(to, end);
    Html out = html("{}{}", begin > 0 ? "…" : "", line.substr(begin, from - begin));
    if (to > from) out += html("<mark>{}</mark>", line.substr(from, to - from));
    out += html("{}{}", line.substr(to, end - to), end < line.size() ? "…" : "");
    return out;
}

Span line_span(std::string_view text, std::size_t number, const std::string& value) {
    std::size_t at = 0;
    for (std::size_t n = 1; n < number && at < text.size(); ++n) {
        const auto end = text.find('\n', at);
        at = end == std::string_view::npos ? text.size() : end + 1;
    }
    const auto line = text.substr(at, text.find('\n', at) - at);
    const auto found = value.empty() ? std::string_view::npos : line.find(value);
    if (found != std::string_view::npos) return {at + found, value.size()};
    const auto first = std::min(line.find_first_not_of(" \t"), line.size());
    const auto last = line.find_last_not_of(" \t\r");
    return {at + first, last == std::string_view::npos ? 0 : last + 1 - first};
}

/// The row under its header, the cell marked.
Html row_around(const std::string& bytes, const watch::Problem& p, const Language& w) {
    const auto table = intake::read_table(bytes);
    if (!table || table->rows.empty()) return {};
    const auto row = std::ranges::find(table->rows, p.line, &intake::Row::number);
    if (row == table->rows.end()) return {};
    // The header is the last row above that has the column's name.
    const intake::Row* header = &table->rows.front();
    std::size_t column = 0;
    for (auto above = table->rows.begin(); above != row; ++above)
        if (const auto cell = std::ranges::find(above->cells, p.place); cell != above->cells.end()) {
            header = &*above;
            column = static_cast<std::size_t>(cell - above->cells.begin());
        }
    Html names = html("<th>{}</th>", w("行", "line")), cells = html("<td>{}</td>", row->number);
    const auto begin = column > cells_beside ? column - cells_beside : 0;
    for (auto i = begin; i < std::min(header->cells.size(), begin + 2 * cells_beside + 1); ++i) {
        const std::string cell = i < row->cells.size() ? row->cells[i] : "";
        const bool is_it = header->cells[i] == p.place;
        names += html("<th>{}</th>", header->cells[i]);
        cells += is_it ? html("<td><mark>{}</mark></td>", cell.empty() ? "   " : cell) : html("<td>{}</td>", cell);
    }
    return html(R"(<table class="excerpt"><thead><tr>{}</tr></thead><tbody><tr>{}</tr></tbody></table>)", names, cells);
}

}  // namespace

std::optional<Span> place_in_json(std::string_view text, std::string_view pointer) {
    return Walk(text).find(tokens_of(pointer));
}

Html lines_around(std::string_view text, const Span& span) {
    std::size_t number = 1, at = 0;
    std::vector<Html> before;
    Html out;
    for (std::size_t shown_after = 0; at < text.size() && shown_after <= lines_beside; ++number) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        const bool has_it = span.at <= end && span.at + span.size >= at && span.at >= at;
        const auto from = has_it ? span.at - at : 0, to = has_it ? std::min(from + span.size, line.size()) : 0;
        const auto shown =
            html(R"(<span class="line{}"><b>{}</b>{}</span>)", has_it ? " at" : "", number, marked(line, from, to));
        if (!out.text.empty() || has_it) {
            if (out.text.empty())
                for (const auto& earlier : before) out += earlier;
            out += shown;
            ++shown_after;
        } else {
            before.push_back(shown);
            if (before.size() > lines_beside) before.erase(before.begin());
        }
        at = end + 1;
    }
    return out.text.empty() ? out : html(R"(<pre class="excerpt">{}</pre>)", out);
}

Html excerpt(const fs::path& file, const watch::Problem& p, const Language& w) {
    if (!p.record.empty()) {
        const auto record = loop::json_of<nlohmann::ordered_json>(p.record);
        if (record.is_discarded() || p.place.empty()) return {};
        const auto text = record.dump(2);
        const auto span = place_in_json(text, p.place);
        return span ? lines_around(text, *span) : Html{};
    }
    std::error_code gone;
    if (!fs::is_regular_file(file, gone) || fs::file_size(file, gone) > intake::table_limits.bytes) return {};
    const auto bytes = contents(file);
    if (!bytes) return {};
    if (watch::kind_of(file) == watch::Kind::table) return row_around(*bytes, p, w);
    const auto text = intake::text_of(*bytes);
    if (!text) return {};
    if (p.line == 0 && p.place.starts_with('/'))
        if (const auto span = place_in_json(*text, p.place)) return lines_around(*text, *span);
    if (p.line == 0) return {};
    auto span = line_span(*text, p.line, p.value);
    if (p.place.starts_with('/'))
        if (const auto inner = place_in_json(std::string_view(*text).substr(span.at, span.size), p.place))
            span = {span.at + inner->at, inner->size};
    return lines_around(*text, span);
}

}  // namespace imloop::station::page
