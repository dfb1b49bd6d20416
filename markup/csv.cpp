#include "markup/csv.hpp"

#include <algorithm>
#include <array>

namespace imloop::markup {
namespace {

constexpr std::array<std::string_view, 10> formula_heads{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};

bool begins_as_a_formula(std::string_view text) {
    return std::ranges::any_of(formula_heads, [&](std::string_view head) { return text.starts_with(head); });
}

/// Digits with signs of numbers and days between: 61040426031102, 1-2, 3/4, 1E5, 12:30, 1,5. A whole day, 2026-03-02,
/// is one and may be read as one.
bool reads_as_a_number(std::string_view text) {
    constexpr std::string_view signs = "0123456789.,:/-eE% ";
    if (text.empty() || text.find_first_not_of(signs) != std::string_view::npos) return false;
    if (text.find_first_of("0123456789") == std::string_view::npos) return false;
    const bool is_day = text.size() == 10 && text[4] == '-' && text[7] == '-';
    return !is_day;
}

}  // namespace

void Csv::text(std::string_view written) {
    std::string out;
    if (begins_as_a_formula(written)) out = "'";
    if (reads_as_a_number(written)) out = "\t";
    cell(out.append(written));
}

void Csv::value(std::string_view written) { cell(written); }

void Csv::cell(std::string_view text) {
    if (!is_first_) out_ += ',';
    is_first_ = false;
    if (text.find_first_of(",\"\r\n\t") == std::string_view::npos) {
        out_ += text;
        return;
    }
    out_ += '"';
    for (const char c : text) {
        if (c == '"') out_ += c;
        out_ += c;
    }
    out_ += '"';
}

void Csv::end_row() {
    out_ += "\r\n";
    is_first_ = true;
}

}  // namespace imloop::markup
