// INI files as equipment writes them: `key=value` and `key = value` mixed, empty values, a missing last newline. Pure
// and thread safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace imloop::station::intake {

using Section = std::map<std::string, std::string, std::less<>>;

struct Ini {
    std::map<std::string, Section, std::less<>> sections;
    /// Empty where there is no such section or member, or its value is empty.
    std::string value(std::string_view section, std::string_view key) const;
};

/// Lines that are neither section, member nor empty are passed over.
Ini parse_ini(std::string_view utf8);

}  // namespace imloop::station::intake
