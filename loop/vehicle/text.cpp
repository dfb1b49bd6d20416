#include "loop/vehicle/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace imloop::loop {
namespace {

bool is_letter_or_digit(utf8proc_int32_t c) {
    switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_ND:
            return true;
        default:
            return false;
    }
}

bool is_ascii_upper_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

}  // namespace

std::string normal_text(std::string_view raw) {
    if (std::all_of(raw.begin(), raw.end(), is_ascii_upper_or_digit)) return std::string(raw);
    utf8proc_uint8_t* mapped = nullptr;
    const auto size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(raw.data()), static_cast<utf8proc_ssize_t>(raw.size()),
                     &mapped, static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_STABLE));
    const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owner(mapped, std::free);
    if (size < 0) return {};
    std::string out;
    for (utf8proc_ssize_t at = 0; at < size;) {
        utf8proc_int32_t c = 0;
        at += utf8proc_iterate(mapped + at, size - at, &c);
        if (!is_letter_or_digit(c)) continue;
        utf8proc_uint8_t bytes[4];
        const auto n = utf8proc_encode_char(utf8proc_toupper(c), bytes);
        out.append(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(n));
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::vector<std::string_view> characters(std::string_view utf8) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < utf8.size();) {
        std::size_t end = at + 1;
        while (end < utf8.size() && (static_cast<unsigned char>(utf8[end]) & 0xC0) == 0x80) ++end;
        out.push_back(utf8.substr(at, end - at));
        at = end;
    }
    return out;
}

std::string_view first_characters(std::string_view utf8, std::size_t count) {
    const auto all = characters(utf8);
    return count >= all.size() ? utf8 : utf8.substr(0, static_cast<std::size_t>(all[count].data() - utf8.data()));
}

std::string_view last_characters(std::string_view utf8, std::size_t count) {
    const auto all = characters(utf8);
    if (count >= all.size()) return utf8;
    return count == 0 ? std::string_view()
                      : utf8.substr(static_cast<std::size_t>(all[all.size() - count].data() - utf8.data()));
}

}  // namespace imloop::loop
