// The words of the rules, schemas/tables/rules/*.json: what each finds, its formula, source, parameters, sentences and
// the false alarms to expect. Each rule's file is its page of documentation.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "loop/rules/rule.hpp"
#include "loop/tables.hpp"

namespace imloop::loop::rules {

struct Parameter {
    double value = 0;
    std::string unit;
    Words meaning;
};

struct RuleTable {
    std::string id;
    std::string scope;  ///< record, vehicle, pair, repair, station, county
    Words title, finds, formula, false_alarms;
    Words clears;  ///< what would clear a flag
    std::vector<std::string> sources;
    std::map<std::string, Parameter, std::less<>> parameters;
    std::map<std::string, Words, std::less<>> claims;  ///< by code; {name} stands for a value of the flag
    std::map<std::string, Words, std::less<>> values;  ///< names of values
};

/// By rule id. Read once, at the first use. Throws std::runtime_error or nlohmann::json::exception that names the file.
const std::map<std::string, RuleTable, std::less<>>& rule_tables();
/// Throws std::out_of_range for a rule without table.
const RuleTable& rule_table(std::string_view id);

/// The flag's sentence, its values put in.
Words claim_of(const Flag&);
/// A value's name for people; the name itself where the table has no words.
Words name_of(const Flag&, const Value&);
/// 弱, 中, 强.
Words words_of(Grade);

}  // namespace imloop::loop::rules
