// The code tables of schemas/tables, typed. Each is read once, at its first use, and then only read: thread safe.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "loop/policy.hpp"

namespace imloop::loop {

using Codes = std::set<std::string, std::less<>>;

/// The codes of a table (`fuels`) or of one list of the table `codes` (`codes/origin`). Throws std::runtime_error where
/// there is no such table.
const Codes& codes(std::string_view name);

/// The rows of a table (`parts`) or of one list of the table `codes` (`codes/origin`), as they stand there. Throws like
/// codes().
const nlohmann::json& rows_of(std::string_view name);

/// One reading a method takes.
struct MethodItem {
    std::string item;
    std::string unit;
    std::vector<std::string> phases;  ///< where it is taken
};

struct Method {
    std::string code;
    std::string zh;
    std::string en;
    std::vector<std::string> phases;
    std::vector<MethodItem> items;
    int seconds_min = 0;  ///< a test that is shorter was not carried out as the standard has it; 0: not known
    bool has_phase(std::string_view phase) const;
    const MethodItem* item(std::string_view code) const;
};
const std::vector<Method>& methods();
/// Nothing where the table has no such method.
const Method* method_named(std::string_view code);

struct County {
    std::string code;
    std::string zh;
    std::string en;
    int tile_x = 0;
    int tile_y = 0;
    std::vector<std::string> former_codes;
};
/// Of the city, in the order of reports.
const std::vector<County>& counties();
/// The present code of a county known by a former one; else the code itself.
std::string present_county(std::string_view code);

/// One limit of a standard. `upper` false: the value must not be below it.
struct Limit {
    std::string standard;  ///< `GB18285-2018/a`, as `limits_in_force` names it
    std::string method;
    std::string phase;
    std::string item;
    std::optional<double> low;
    std::optional<double> high;
    Day valid_from = 0;
};
const std::vector<Limit>& limits();

/// The policy a bureau starts with (`policy.json` of the tables, or of the override directory).
const Policy& default_policy();

/// What a code means to a person.
struct Words {
    std::string zh;
    std::string en;
};
/// Of a record's member or a term of the trade (`terms`); the code itself where the table has none.
Words term(std::string_view code);
/// The template of a problem's text (`problems`): {name}, {want}. Nothing where the table has no such code.
std::optional<Words> problem_words(std::string_view code);

}  // namespace imloop::loop
