// INI files as equipment writes them: `key=value` and `key = value` mixed, empty values, a missing last newline. Pure
// and thread safe.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace imloop::station::intake {

using Section = std::map<std::string, std::string, std::less<>>;

/// A member of a file.
struct Place {
    std::string section, key;
    auto operator<=>(const Place&) const = default;
};

struct Ini {
    std::map<std::string, Section, std::less<>> sections;
    std::map<Place, std::size_t> lines;  ///< where each stands, from 1; the section itself under an empty key
    /// Empty where there is no such section or member, or its value is empty.
    std::string value(std::string_view section, std::string_view key) const;
    /// Of a member, of its section where it has no such member; 0 where there is no such section.
    std::size_t line(const Place&) const;
};

/// Lines that are neither section, member nor empty are passed over.
Ini parse_ini(std::string_view utf8);

}  // namespace imloop::station::intake
