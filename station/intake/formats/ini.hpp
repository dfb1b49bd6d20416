// INI files as equipment writes them and Windows reads them: `key=value` and `key = value` mixed, empty values, quotes
// around them, a missing last newline; letters of either case are one; of a section or key that stands twice the first
// counts. Pure and thread safe.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace imloop::station::intake {

/// Orders ASCII letters of either case alike.
struct NoCase {
    using is_transparent = void;
    bool operator()(std::string_view, std::string_view) const;
};
bool same_but_case(std::string_view, std::string_view);

using Section = std::map<std::string, std::string, NoCase>;

/// A member of a file.
struct IniMember {
    std::string section, key;
};
struct IniMemberOrder {
    bool operator()(const IniMember&, const IniMember&) const;
};

struct Ini {
    /// A section (empty key) or member that stands there already, with another value.
    struct Repeated {
        IniMember at;
        std::size_t line = 0;
    };

    std::map<std::string, Section, NoCase> sections;
    std::map<IniMember, std::size_t, IniMemberOrder>
        lines;  ///< where each stands, from 1; a section itself under an empty key
    std::vector<Repeated> repeated;
    std::vector<IniMember> damaged;  ///< members with a damaged character, which count as empty
    /// Empty where there is no such section or member, or its value is empty.
    std::string value(std::string_view section, std::string_view key) const;
    /// Of a member, of its section where it has no such member; 0 where there is no such section.
    std::size_t line(const IniMember&) const;
};

/// Lines that are neither section, member nor empty are passed over.
Ini parse_ini(std::string_view utf8);

}  // namespace imloop::station::intake
