// Records member by member, in people's words: what may be corrected, what was typed in its place, and what changed.
// Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "station/page/select.hpp"
#include "station/page/told.hpp"

namespace imloop::station::page {

/// `合计，元` of total_fee, as schemas/tables/members.json has it; a member that is not there is called by its code.
/// What it is called in one kind of record alone stands there as `override/reason`.
std::string member_name(std::string_view code, const Language&, std::string_view kind = "");

/// A single value within a record.
struct Member {
    std::string pointer;    ///< JSON pointer
    std::string label;      ///< `配件 1 · 序列号`
    nlohmann::json value;   ///< null: not there, and may be added
    std::string kind = {};  ///< of the record: `repair`
};
/// What an operator may correct, in the order of the table of members: every single value but ids, what follows from
/// others (`occurred_at`, an item's name and system), what a reading is and its limit, and digests; and what is often
/// missing.
std::vector<Member> correctable(const nlohmann::json& record, const Language&);

/// Codes a member may have, with their words; empty: any text. The lists may grow: a value may be none of them.
Choices choices(const Member&, const Language&);

/// As it stands in a field: a number without needless digits, a code as the code, empty for null.
std::string field_text(const nlohmann::json& value);
/// As it is read: a code in words, `—` for null.
std::string shown_text(const Member&, const Language&);

/// The record with other values; those whose text is as before stay as they are, an empty text takes the member away,
/// and what follows from those that are new follows. `problems`: by pointer, what is no number or amount.
struct Typed {
    std::string pointer, text;
};
nlohmann::json with_typed(const nlohmann::json& record, const std::vector<Typed>&, FieldProblems& problems,
                          const Language&);

struct Change {
    std::string label, before, after;
};
/// Of everything correctable() has in either.
std::vector<Change> changes_between(const nlohmann::json& before, const nlohmann::json& after, const Language&);

}  // namespace imloop::station::page
