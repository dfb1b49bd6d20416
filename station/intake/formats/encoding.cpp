#include "station/intake/formats/encoding.hpp"

#include <iconv.h>

#include <algorithm>
#include <cerrno>

#include "loop/vehicle/text.hpp"

namespace imloop::station::intake {
namespace {

constexpr std::string_view damaged = "\xEF\xBF\xBD";  // U+FFFD

struct Look {
    std::string text;       ///< what is no character is U+FFFD
    std::size_t whole = 0;  ///< how many bytes are right before the first that is not
    std::size_t chinese = 0;
    std::size_t broken = 0;
};

unsigned char byte_at(std::string_view bytes, std::size_t i) {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
}

bool is_between(unsigned char byte, unsigned low, unsigned high) { return byte >= low && byte <= high; }

struct Sequence {
    std::size_t bytes = 0;  ///< that are right
    bool is_whole = false;
};

/// The character at the head of `bytes` (Unicode, table 3-7).
Sequence utf8_at(std::string_view bytes) {
    const auto lead = byte_at(bytes, 0), second = byte_at(bytes, 1);
    if (lead < 0x80) return {1, true};
    const std::size_t size = is_between(lead, 0xC2, 0xDF)   ? 2
                             : is_between(lead, 0xE0, 0xEF) ? 3
                             : is_between(lead, 0xF0, 0xF4) ? 4
                                                            : 0;
    if (size == 0) return {};
    const unsigned low = lead == 0xE0   ? 0xA0
                         : lead == 0xF0 ? 0x90
                                        : 0x80,
                   high = lead == 0xED   ? 0x9F
                          : lead == 0xF4 ? 0x8F
                                         : 0xBF;
    if (!is_between(second, low, high)) return {1, false};
    for (std::size_t i = 2; i < size; ++i)
        if (!is_between(byte_at(bytes, i), 0x80, 0xBF)) return {i, false};
    return {size, true};
}

Look as_utf8(std::string_view bytes) {
    Look out;
    out.text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const auto found = utf8_at(bytes.substr(at));
        if (found.is_whole) {
            out.text += bytes.substr(at, found.bytes);
            // Where all Chinese characters of daily use lie.
            out.chinese += found.bytes == 3 ? 1 : 0;
        } else {
            if (out.broken++ == 0) out.whole = at;
            out.text += damaged;
        }
        at += std::max<std::size_t>(found.bytes, 1);
    }
    if (out.broken == 0) out.whole = bytes.size();
    return out;
}

/// `unit`: how many bytes a damaged character takes.
Look converted(std::string_view bytes, const char* from, std::size_t unit) {
    Look out;
    const iconv_t converter = iconv_open("UTF-8", from);
    if (converter == reinterpret_cast<iconv_t>(-1)) {
        out.broken = bytes.size();
        return out;
    }
    std::string in(bytes), room(bytes.size() * 3 + 4, '\0');
    char* in_at = in.data();
    std::size_t in_left = in.size();
    while (in_left > 0) {
        char* out_at = room.data();
        std::size_t out_left = room.size();
        const bool whole = iconv(converter, &in_at, &in_left, &out_at, &out_left) != static_cast<std::size_t>(-1);
        const bool is_full = !whole && errno == E2BIG;
        out.text.append(room.data(), room.size() - out_left);
        if (whole || is_full) continue;
        if (out.broken++ == 0) out.whole = in.size() - in_left;
        out.text += damaged;
        const auto skipped = std::min(unit, in_left);
        in_at += skipped;
        in_left -= skipped;
    }
    iconv_close(converter);
    if (out.broken == 0) out.whole = bytes.size();
    return out;
}

Look as_gb(std::string_view bytes) { return converted(bytes, "GB18030", 1); }

bool is_utf16(std::string_view bytes) { return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"); }
bool has_utf8_mark(std::string_view bytes) { return bytes.starts_with("\xEF\xBB\xBF"); }

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 || c == 0x7F); }
bool is_layout(char c) { return c == '\t' || c == '\n' || c == '\r'; }
/// U+0080 to U+009F, of whose two bytes this is the head.
bool is_high_control(std::string_view utf8) {
    return utf8.size() >= 2 && utf8[0] == '\xC2' && is_between(static_cast<unsigned char>(utf8[1]), 0x80, 0x9F);
}

}  // namespace

Declared declared_as(std::string_view charset) {
    const auto name = loop::lower(charset.substr(0, 5));
    if (name.starts_with("gb")) return Declared::gb;
    return name == "utf-8" || name.starts_with("utf8") ? Declared::utf8 : Declared::nothing;
}

std::optional<std::string> text_of(std::string_view bytes, Declared declared) {
    if (is_utf16(bytes)) {
        const auto* from = bytes.front() == '\xFF' ? "UTF-16LE" : "UTF-16BE";
        auto text = converted(bytes.substr(2), from, 2);
        return text.broken * 8 <= bytes.size() ? std::optional(std::move(text.text)) : std::nullopt;
    }
    if (has_utf8_mark(bytes)) {
        bytes.remove_prefix(3);
        declared = Declared::utf8;
    }
    auto utf8 = as_utf8(bytes);
    if (declared == Declared::utf8)
        return utf8.broken <= utf8.chinese ? std::optional(std::move(utf8.text)) : std::nullopt;
    if (utf8.broken == 0 && (declared == Declared::nothing || utf8.chinese > 0)) return std::move(utf8.text);
    auto gb = as_gb(bytes);
    if (declared == Declared::gb) {
        const auto high = std::ranges::count_if(bytes, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
        return gb.broken * 4 <= static_cast<std::size_t>(high) ? std::optional(std::move(gb.text)) : std::nullopt;
    }
    // In a text of GB no more than one Chinese word in some hundred looks like a character of UTF-8.
    if (gb.broken == 0 && utf8.chinese * 3 <= utf8.broken) return std::move(gb.text);
    if (utf8.chinese > utf8.broken) return std::move(utf8.text);
    return std::nullopt;
}

std::size_t unreadable_line(std::string_view bytes, Declared declared) {
    if (is_utf16(bytes) || text_of(bytes, declared)) return 0;
    const bool says_utf8 = declared == Declared::utf8 || has_utf8_mark(bytes);
    const auto whole = says_utf8 ? as_utf8(bytes).whole : std::max(as_utf8(bytes).whole, as_gb(bytes).whole);
    return 1 + static_cast<std::size_t>(std::ranges::count(bytes.substr(0, whole), '\n'));
}

std::optional<std::string> sound(std::string_view utf8) {
    const auto is_blank = [](char c) { return c == ' ' || is_control(c); };
    while (!utf8.empty() && is_blank(utf8.front())) utf8.remove_prefix(1);
    while (!utf8.empty() && is_blank(utf8.back())) utf8.remove_suffix(1);
    std::string out(utf8);
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (is_layout(out[i]))
            out[i] = ' ';
        else if (is_control(out[i]) || is_high_control(std::string_view(out).substr(i)))
            return std::nullopt;
    }
    return out.find(damaged) == std::string::npos ? std::optional(std::move(out)) : std::nullopt;
}

std::string with_marked_controls(std::string utf8) {
    const auto is_stray = [](char c) { return is_control(c) && !is_layout(c); };
    while (!utf8.empty() && is_stray(utf8.back())) utf8.pop_back();
    if (std::ranges::none_of(utf8, is_stray)) return utf8;
    std::string out;
    for (const char c : utf8) {
        if (is_stray(c))
            out += damaged;
        else
            out += c;
    }
    return out;
}

}  // namespace imloop::station::intake
