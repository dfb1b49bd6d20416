#include "journal/table_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <vector>

#include "journal/encoding.hpp"
#include "journal/limits.hpp"

// The form: a mark, then under zstd: how many columns and rows (twice, and 1 where a line end ends them), each column
// (its kind, then a token a row), and the header. A token is 0 for an empty cell, else the difference to the cell above
// by its sign and size, plus 1; of words all cells follow one another, each behind its size. A zstd frame never begins
// with the mark.
namespace imloop::journal {
namespace {

constexpr char mark = '\x01';
constexpr int level = 9;
constexpr std::size_t cells_max = 4 * 1024 * 1024;  ///< more stay as they are
constexpr int decimals_max = 6;
constexpr std::int64_t whole_max = 1'000'000'000'000'000;
constexpr std::array<std::int64_t, decimals_max + 1> tens{1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};

/// Of numbers: how many decimals, and whether zeros at the end are left out (0.5 beside 0.25).
struct Kind {
    bool is_words = false, is_trimmed = false;
    int decimals = 0;

    unsigned code() const { return is_words ? 0 : 1 + (is_trimmed ? 1 : 0) + 2 * static_cast<unsigned>(decimals); }
    static Kind of(std::uint64_t code) {
        if (code > 2 * (decimals_max + 1)) throw std::runtime_error("no kind of column");
        if (code == 0) return {.is_words = true};
        return {.is_trimmed = (code - 1) % 2 == 1, .decimals = static_cast<int>((code - 1) / 2)};
    }
};

std::string written(std::int64_t whole, Kind kind) {
    const auto size = static_cast<std::uint64_t>(std::abs(whole));
    const auto ten = static_cast<std::uint64_t>(tens[static_cast<std::size_t>(kind.decimals)]);
    std::string out = (whole < 0 ? "-" : "") + std::to_string(size / ten);
    if (kind.decimals == 0) return out;
    auto fraction = std::to_string(size % ten + ten);
    fraction.front() = '.';
    if (kind.is_trimmed) fraction.erase(fraction.find_last_not_of('0') + 1);
    return fraction == "." ? out : out + fraction;
}

std::optional<std::int64_t> whole_of(std::string_view cell, int decimals) {
    const bool is_negative = cell.starts_with('-');
    std::int64_t out = 0;
    int behind = -1;
    for (const char c : cell.substr(is_negative ? 1 : 0)) {
        if (c == '.' && behind < 0) {
            behind = 0;
            continue;
        }
        if (c < '0' || c > '9' || out > whole_max) return std::nullopt;
        out = out * 10 + (c - '0');
        behind += behind >= 0;
    }
    const auto missing = decimals - std::max(behind, 0);
    if (missing < 0 || out > whole_max / tens[static_cast<std::size_t>(missing)]) return std::nullopt;
    out *= tens[static_cast<std::size_t>(missing)];
    return is_negative ? -out : out;
}

using Cells = std::vector<std::string_view>;

Kind kind_of(const Cells& cells) {
    Kind kind;
    std::size_t least = decimals_max, most = 0;
    for (const auto cell : cells) {
        if (cell.empty()) continue;
        const auto point = cell.find('.');
        const auto behind = point == std::string_view::npos ? 0 : cell.size() - point - 1;
        least = std::min(least, behind), most = std::max(most, behind);
    }
    if (most > decimals_max) return {.is_words = true};
    kind.decimals = static_cast<int>(most);
    kind.is_trimmed = least < most;
    for (const auto cell : cells) {
        if (cell.empty()) continue;
        const auto whole = whole_of(cell, kind.decimals);
        if (!whole || written(*whole, kind) != cell) return {.is_words = true};
    }
    return kind;
}

void put(std::string& to, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) to += static_cast<char>(number | 0x80);
    to += static_cast<char>(number);
}

void put_column(std::string& to, const Cells& cells) {
    const auto kind = kind_of(cells);
    put(to, kind.code());
    std::int64_t above = 0;
    for (const auto cell : cells) {
        if (kind.is_words || cell.empty()) {
            put(to, cell.size());
            to += cell;
            continue;
        }
        const auto whole = whole_of(cell, kind.decimals).value();
        const auto by = whole - above;
        put(to, 1 + (static_cast<std::uint64_t>(std::abs(by)) << 1 | (by < 0 ? 1 : 0)));
        above = whole;
    }
}

/// Nothing where the rows are not all of the header's width.
std::optional<std::string> by_columns(std::string_view csv) {
    std::vector<Cells> columns;
    const auto header = csv.substr(0, csv.find('\n'));
    columns.resize(1 + static_cast<std::size_t>(std::count(header.begin(), header.end(), ',')));
    std::size_t rows = 0;
    for (auto rest = csv.substr(std::min(csv.size(), header.size() + 1)); !rest.empty(); ++rows) {
        const auto end = rest.find('\n');
        auto row = rest.substr(0, end);
        rest.remove_prefix(std::min(rest.size(), row.size() + 1));
        for (std::size_t n = 0; n < columns.size(); ++n) {
            const auto comma = row.find(',');
            if ((comma == std::string_view::npos) != (n + 1 == columns.size())) return std::nullopt;
            columns[n].push_back(row.substr(0, comma));
            row.remove_prefix(std::min(row.size(), columns[n].back().size() + 1));
        }
    }
    if (rows == 0 || rows > cells_max / columns.size()) return std::nullopt;
    std::string out;
    put(out, columns.size());
    put(out, rows << 1 | (csv.ends_with('\n') ? 1 : 0));
    for (const auto& cells : columns) put_column(out, cells);
    return out.append(header);
}

class Reader {
public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}
    std::uint64_t number() {
        std::uint64_t out = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const auto byte = static_cast<unsigned char>(take(1).front());
            out |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) return out;
        }
        throw std::runtime_error("a number of a stored table is too long");
    }
    std::string_view take(std::uint64_t size) {
        if (size > rest_.size()) throw std::runtime_error("a stored table is cut short");
        const auto out = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return out;
    }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

std::vector<std::string> column_in(Reader& from, std::uint64_t rows) {
    const auto kind = Kind::of(from.number());
    std::vector<std::string> out;
    std::int64_t above = 0;
    for (std::uint64_t n = 0; n < rows; ++n) {
        const auto token = from.number();
        if (kind.is_words) {
            out.emplace_back(from.take(token));
        } else if (token == 0) {
            out.emplace_back();
        } else {
            const auto by = static_cast<std::int64_t>((token - 1) >> 1);
            if (by > 2 * whole_max) throw std::runtime_error("a difference in a stored table is too large");
            above += (token - 1) % 2 == 1 ? -by : by;
            if (std::abs(above) > whole_max) throw std::runtime_error("a number in a stored table is too large");
            out.push_back(written(above, kind));
        }
    }
    return out;
}

std::string csv_of(std::string_view body) {
    Reader from(body);
    const auto columns = from.number(), lines = from.number(), rows = lines >> 1;
    // A cell takes a byte at least.
    if (columns == 0 || columns > body.size() || rows > std::min<std::uint64_t>(cells_max, body.size()) / columns)
        throw std::runtime_error("a stored table is larger than its bytes");
    std::vector<std::vector<std::string>> cells;
    for (std::uint64_t n = 0; n < columns; ++n) cells.push_back(column_in(from, rows));
    std::string out(from.rest());
    out += '\n';
    for (std::uint64_t row = 0; row < rows; ++row)
        for (std::uint64_t n = 0; n < columns; ++n) out.append(cells[n][row]).push_back(n + 1 == columns ? '\n' : ',');
    if (lines % 2 == 0) out.pop_back();
    return out;
}

}  // namespace

std::string table_encode(std::string_view csv) {
    if (const auto body = by_columns(csv))
        if (csv_of(*body) == csv) return mark + zstd_encode(*body, level);
    return zstd_encode(csv);
}

bool is_encoded_table(std::string_view bytes) {
    constexpr std::string_view zstd_magic = "\x28\xB5\x2F\xFD";
    return bytes.starts_with(mark) || bytes.starts_with(zstd_magic);
}

std::string table_decode(std::string_view bytes) {
    if (!bytes.starts_with(mark)) return zstd_decode(bytes);
    auto out = csv_of(zstd_decode(bytes.substr(1)));
    if (out.size() > stored_bytes_max) throw std::runtime_error("a stored table is too large");
    return out;
}

}  // namespace imloop::journal
