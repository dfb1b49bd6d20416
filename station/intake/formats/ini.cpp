#include "station/intake/formats/ini.hpp"

#include <algorithm>

#include "station/intake/formats/encoding.hpp"

namespace imloop::station::intake {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
    const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string_view unquoted(std::string_view text) {
    const bool is_quoted =
        text.size() >= 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

class Parser {
public:
    Ini parse(std::string_view utf8) && {
        for (std::size_t number = 1; !utf8.empty(); ++number) {
            const auto end = utf8.find('\n');
            read(trimmed(utf8.substr(0, end)), number);
            utf8.remove_prefix(end == std::string_view::npos ? utf8.size() : end + 1);
        }
        return std::move(out_);
    }

private:
    void read(std::string_view line, std::size_t number) {
        if (line.starts_with('[')) {
            const auto end = line.find(']');
            const auto name = trimmed(line.substr(1, end == std::string_view::npos ? 0 : end - 1));
            if (!name.empty()) open(std::string(name), number);
        } else if (const auto equals = line.find('='); section_ != nullptr && equals != std::string_view::npos) {
            put(std::string(trimmed(line.substr(0, equals))), unquoted(trimmed(line.substr(equals + 1))), number);
        }
    }

    void open(std::string name, std::size_t number) {
        const auto [at, is_new] = out_.sections.try_emplace(name);
        name_ = std::move(name);
        section_ = is_new ? &at->second : nullptr;
        if (is_new)
            out_.lines[{name_, ""}] = number;
        else
            out_.repeated.push_back({{name_, ""}, number});
    }

    void put(std::string key, std::string_view written, std::size_t number) {
        const auto value = sound(written);
        const auto [at, is_new] = section_->try_emplace(key, value.value_or(""));
        if (is_new) {
            out_.lines[{name_, key}] = number;
            if (!value) out_.damaged.push_back({name_, std::move(key)});
        } else if (at->second != value) {
            out_.repeated.push_back({{name_, std::move(key)}, number});
        }
    }

    Ini out_;
    std::string name_;
    Section* section_ = nullptr;  ///< none: before the first, or of one that stands twice
};

}  // namespace

bool NoCase::operator()(std::string_view a, std::string_view b) const {
    return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

bool same_but_case(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

bool IniMemberOrder::operator()(const IniMember& a, const IniMember& b) const {
    const NoCase before;
    if (before(a.section, b.section)) return true;
    return !before(b.section, a.section) && before(a.key, b.key);
}

std::string Ini::value(std::string_view section, std::string_view key) const {
    const auto s = sections.find(section);
    if (s == sections.end()) return {};
    const auto v = s->second.find(key);
    return v == s->second.end() ? std::string() : v->second;
}

std::size_t Ini::line(const IniMember& place) const {
    for (const auto& at : {place, IniMember{place.section, ""}})
        if (const auto found = lines.find(at); found != lines.end()) return found->second;
    return 0;
}

Ini parse_ini(std::string_view utf8) { return Parser().parse(utf8); }

}  // namespace imloop::station::intake
