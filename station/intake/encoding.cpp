#include "station/intake/encoding.hpp"

#include <iconv.h>

#include <algorithm>

namespace imloop::station::intake {
namespace {

/// `at`: how many bytes were good.
std::optional<std::string> converted(std::string_view bytes, const char* from, std::size_t* at = nullptr) {
    const iconv_t converter = iconv_open("UTF-8", from);
    if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
    std::string in(bytes), out(bytes.size() * 3 + 4, '\0');
    char *in_at = in.data(), *out_at = out.data();
    std::size_t in_left = in.size(), out_left = out.size();
    const bool whole = iconv(converter, &in_at, &in_left, &out_at, &out_left) != static_cast<std::size_t>(-1);
    iconv_close(converter);
    if (at) *at = in.size() - in_left;
    if (!whole) return std::nullopt;
    out.resize(out.size() - out_left);
    return out;
}

/// The lead byte of three-byte sequences, where all Chinese characters of daily use lie.
bool has_three_byte_characters(std::string_view utf8) {
    return std::ranges::any_of(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xF0U) == 0xE0U; });
}

bool is_utf16(std::string_view bytes) { return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"); }

}  // namespace

std::optional<std::string> text_of(std::string_view bytes) {
    if (is_utf16(bytes)) {
        const bool little = bytes.front() == '\xFF';
        bytes.remove_prefix(2);
        return bytes.size() % 2 == 0 ? converted(bytes, little ? "UTF-16LE" : "UTF-16BE") : std::nullopt;
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (auto utf8 = converted(bytes, "UTF-8")) return utf8;
    return converted(bytes, "GB18030");
}

std::size_t unreadable_line(std::string_view bytes) {
    std::size_t utf8 = 0, gb = 0;
    if (is_utf16(bytes) || converted(bytes, "UTF-8", &utf8) || converted(bytes, "GB18030", &gb)) return 0;
    const auto good = bytes.substr(0, std::max(utf8, gb));
    return 1 + static_cast<std::size_t>(std::ranges::count(good, '\n'));
}

std::optional<std::string> text_of_declared_gb(std::string_view bytes) {
    if (is_utf16(bytes) || bytes.starts_with("\xEF\xBB\xBF")) return text_of(bytes);
    if (auto utf8 = converted(bytes, "UTF-8"); utf8 && has_three_byte_characters(*utf8)) return utf8;
    return converted(bytes, "GB18030");
}

}  // namespace imloop::station::intake
