// Rules held as data: which member of a foreign message, or column of a table, is which member of an inspection record,
// by which codes, units and forms of time. Profiles of platforms (profile.hpp) and mappings of tables (mapping.hpp)
// are both made of them. Checked whole when they are read: a rule that cannot be right is never applied.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "station/intake/outcome/fields.hpp"

namespace imloop::station::intake {

/// Foreign code -> ours; null: known, and none of ours.
using CodeTable = std::map<std::string, Json>;

struct Value {
    /// Names, the first that says something counts: `name`, `/a/*/b` inside the record, `#/a/b` from the document.
    std::vector<std::string> at;
    std::string day;                 ///< of a time of day alone: the member that holds its day
    CodeTable codes;                 ///< empty: the text itself
    Json otherwise;                  ///< where the names say nothing; null: nothing
    double factor = 1;               ///< what the number is multiplied with
    std::vector<std::string> times;  ///< empty: those of the rules
    bool is_set() const { return !at.empty() || !otherwise.is_null(); }
};

enum class Form { text, time, day, number, whole, code };

struct Target {
    std::string name;  ///< `vehicle.plate`, `started_at`
    Form form = Form::text;
    std::string list;  ///< of a code: the table whose codes are ours
    Value value;
};

/// The value of `at` is one of `is`.
struct Condition {
    std::string at;
    std::vector<std::string> is;  ///< empty: it is there
};

struct ReadingRule {
    std::string item, phase, unit;
    Value value, limit, limit_low, passed;
    std::optional<Condition> when;
};

struct MethodRule {
    std::string code;
    std::vector<std::string> signs;  ///< members that only this method has
    std::vector<ReadingRule> readings;
};

/// A part of the inspection that fails it: `appearance`, `obd`.
struct FailedRule {
    std::string item;
    Condition when;
};

struct ObdRule {
    struct Part {
        std::string name;  ///< member of the record's `obd`
        enum class Kind { flag, number, text, codes } kind = Kind::text;
        Value value;
    };
    std::vector<Part> parts;
    Value complete;                      ///< all monitors are ready
    std::vector<std::string> not_ready;  ///< a list of numbers or names
    CodeTable not_ready_petrol, not_ready_diesel;
    std::optional<Condition> failed;
};

struct TraceRule {
    std::string rows;                ///< path to the rows; empty: each record is a row
    std::vector<std::string> order;  ///< a number of seconds, or a time
    std::vector<std::string> state;
    std::map<std::string, CodeTable> states;  ///< by method
    std::vector<std::pair<std::string, std::vector<std::string>>> columns;
};

struct Rules {
    std::vector<std::string> not_measured;
    std::vector<std::string> times;
    bool any_case = false;  ///< testNo, TEST_NO and testno are one name
    bool is_table = false;  ///< members are columns, and rows of one test must agree
    std::vector<Target> head;
    std::vector<FailedRule> failed;
    std::vector<MethodRule> methods;    ///< of a profile
    std::vector<ReadingRule> readings;  ///< of a mapping: whatever method it is
    std::optional<ObdRule> obd;
    std::optional<TraceRule> trace;
};

/// What is wrong with the rules, by JSON pointer, zh and English.
struct BadRules : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws BadRules.
Rules rules_from(const Json&);
Condition condition_from(const Json&, const std::string& where);
std::vector<std::string> names_from(const Json&, const std::string& where);

/// Every name a rule reads, for checking them against the columns of a table.
std::vector<std::string> names_in(const Rules&);

/// A member of the record as rules write it: `vehicle.plate`. Null where there is none of this name.
const Target* known_target(const std::string& name);

}  // namespace imloop::station::intake
