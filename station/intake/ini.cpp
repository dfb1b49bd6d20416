#include "station/intake/ini.hpp"

#include <iconv.h>

#include <algorithm>

namespace imloop::station::intake {
namespace {

std::optional<std::string> converted(std::string_view bytes, const char* from) {
    const iconv_t converter = iconv_open("UTF-8", from);
    if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
    std::string in(bytes), out(bytes.size() * 3 + 4, '\0');
    char *in_at = in.data(), *out_at = out.data();
    std::size_t in_left = in.size(), out_left = out.size();
    const bool whole = iconv(converter, &in_at, &in_left, &out_at, &out_left) != static_cast<std::size_t>(-1);
    iconv_close(converter);
    if (!whole) return std::nullopt;
    out.resize(out.size() - out_left);
    return out;
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

std::optional<std::string> text_of(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xFE")) {
        bytes.remove_prefix(2);
        return bytes.size() % 2 == 0 ? converted(bytes, "UTF-16LE") : std::nullopt;
    }
    if (bytes.starts_with("\xFE\xFF")) {
        bytes.remove_prefix(2);
        return bytes.size() % 2 == 0 ? converted(bytes, "UTF-16BE") : std::nullopt;
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (auto utf8 = converted(bytes, "UTF-8")) return utf8;
    return converted(bytes, "GB18030");
}

std::string Ini::value(std::string_view section, std::string_view key) const {
    const auto s = sections.find(section);
    if (s == sections.end()) return {};
    const auto v = s->second.find(key);
    return v == s->second.end() ? std::string() : v->second;
}

Ini parse_ini(std::string_view utf8) {
    Ini out;
    Section* section = nullptr;
    while (!utf8.empty()) {
        const auto line = trimmed(utf8.substr(0, utf8.find('\n')));
        utf8.remove_prefix(
            std::min(utf8.size(), utf8.find('\n') == std::string_view::npos ? utf8.size() : utf8.find('\n') + 1));
        if (line.size() > 2 && line.front() == '[' && line.back() == ']') {
            section = &out.sections[std::string(line.substr(1, line.size() - 2))];
        } else if (const auto equals = line.find('='); section != nullptr && equals != std::string_view::npos) {
            section->insert_or_assign(std::string(trimmed(line.substr(0, equals))),
                                      std::string(trimmed(line.substr(equals + 1))));
        }
    }
    return out;
}

}  // namespace imloop::station::intake
