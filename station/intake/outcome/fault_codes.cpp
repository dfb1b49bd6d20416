#include "station/intake/outcome/fault_codes.hpp"

#include <algorithm>

#include "loop/vehicle/text.hpp"
#include "loop/written/text.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::size_t other_bytes_max = 20;

bool is_code_digit(char c) { return c >= '0' && c <= '9'; }
bool is_of_code(char c) { return is_code_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// Half width, with commas between codes.
std::string with_commas(std::string_view raw) {
    auto out = loop::half_width(raw);
    for (const std::string_view mark : {"、", "；"})
        for (auto at = out.find(mark); at != std::string::npos; at = out.find(mark, at))
            out.replace(at, mark.size(), ",");
    return out;
}

}  // namespace

bool is_fault_code(std::string_view text) {
    constexpr std::string_view systems = "PCBUpcbu", hex = "0123456789ABCDEFabcdef";
    return text.size() >= 5 && text.size() <= 7 && systems.find(text[0]) != std::string_view::npos &&
           text.find_first_not_of(hex, 1) == std::string_view::npos;
}

std::vector<std::string> fault_codes_in(std::string_view raw) {
    std::vector<std::string> known, other;
    std::string word, piece;
    const auto end_word = [&] {
        if (is_fault_code(word)) known.push_back(loop::normal_text(word));
        word.clear();
    };
    const auto end_piece = [&] {
        piece = loop::trimmed(piece);
        if (std::ranges::any_of(piece, is_code_digit) && piece.size() <= other_bytes_max) other.push_back(piece);
        piece.clear();
    };
    for (const char c : with_commas(raw)) {
        if (is_of_code(c))
            word += c;
        else
            end_word();
        if (c == ',' || c == ';' || c == '\n')
            end_piece();
        else
            piece += c;
    }
    end_word();
    end_piece();
    return known.empty() ? other : known;
}

}  // namespace imloop::station::intake
