// A mapping (mapping.hpp) as a plain form has it: what each column of a table is, constants, code tables. Whatever of a
// mapping the form can't show is carried along unchanged. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "station/intake/profiles/mapping.hpp"

namespace imloop::station::intake {

struct Choice {
    std::string code, zh, en;
};

/// Members of the head a column can be, as `vehicle.plate`.
std::vector<Choice> head_choices();
/// The codes of such a member (schemas/tables); empty where it takes none.
std::vector<Choice> code_choices(const std::string& member);

struct ColumnUse {
    std::string column;
    std::vector<std::string> samples;  ///< its first different values
    std::string to;                    ///< member of the head, `co/idle/%` of a reading, or empty: not used
    std::string part = "value";        ///< of a reading: value, limit, limit_low, passed
    double factor = 1;                 ///< of a reading's numbers
    /// Of a member with codes: word in the column, our code; empty: none of ours.
    std::vector<std::pair<std::string, std::string>> codes;
};

struct MappingForm {
    std::size_t header_row = 0;
    std::vector<ColumnUse> columns;
    std::map<std::string, std::string> constants;  ///< by member of the head
    std::string times = "any";                     ///< forms, one after another with semicolons
    std::string group_by;
    Json rest = Json::object();  ///< what the form does not show
};

/// True for `co/idle/%`.
bool is_reading(std::string_view to);
/// Item, phase and unit.
std::vector<std::string> reading_of(const std::string& to);

/// `mapping` as mapping_from takes it; an empty object where there is none yet.
MappingForm form_of(const Table&, const Json& mapping);
Json mapping_of(const MappingForm&);

}  // namespace imloop::station::intake
