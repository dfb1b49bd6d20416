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

std::size_t Ini::line(const Place& place) const {
    for (const auto& at : {place, Place{place.section, ""}})
        if (const auto found = lines.find(at); found != lines.end()) return found->second;
    return 0;
}

Ini parse_ini(std::string_view utf8) {
    Ini out;
    std::string name;
    Section* section = nullptr;
    for (std::size_t number = 1; !utf8.empty(); ++number) {
        const auto line = trimmed(utf8.substr(0, utf8.find('\n')));
        utf8.remove_prefix(
            std::min(utf8.size(), utf8.find('\n') == std::string_view::npos ? utf8.size() : utf8.find('\n') + 1));
        if (line.size() > 2 && line.front() == '[' && line.back() == ']') {
            name = line.substr(1, line.size() - 2);
            section = &out.sections[name];
            out.lines.insert_or_assign({name, ""}, number);
        } else if (const auto equals = line.find('='); section != nullptr && equals != std::string_view::npos) {
            const std::string key(trimmed(line.substr(0, equals)));
            section->insert_or_assign(key, std::string(trimmed(line.substr(equals + 1))));
            out.lines.insert_or_assign({name, key}, number);
        }
    }
    return out;
}

}  // namespace imloop::station::intake
