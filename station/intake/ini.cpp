#include "station/intake/ini.hpp"

#include <algorithm>

namespace imloop::station::intake {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

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
