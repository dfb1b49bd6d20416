// Admission: judges one journal line by itself (docs/contract.md, "Admission"): its own words, the schemas, its source
// and the time of its reception: `occurred_in_future` goes by it, and a rule judges only what came since the day it
// began. Pure and thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loop/cases.hpp"
#include "loop/claim.hpp"
#include "loop/fact.hpp"
#include "loop/policy.hpp"
#include "loop/register.hpp"

namespace imloop::loop {

/// One thing wrong. `zh` and `en` name the place and say what to do; no word of them comes from the line.
struct Problem {
    std::string pointer;  ///< JSON pointer into the line; empty: the whole line
    std::string code;
    std::string zh;
    std::string en;
    bool operator==(const Problem&) const = default;
};

struct Credential {
    std::string record_id;
    std::string source_id, kid, alg, spki, status;
    Day valid_from = 0;
    std::optional<Day> until;
    std::vector<std::string> writes_for;
    Moment occurred_at = 0;
};

struct Correction {
    std::string record_id;
    std::string corrects;
    bool voids = false;  ///< else replaces
    Moment occurred_at = 0;
    std::string station_id;  ///< of the correction
    /// What stands in place of the record: the fact, and of these kinds what a fact does not hold.
    std::optional<Fact> replacement{};
    std::optional<Registration> registration{};
    std::optional<Credential> credential{};
    std::optional<Claim> claim{};
};

struct Admitted {
    std::optional<std::string> record_id;  ///< missing where the line has none
    std::optional<Kind> kind;
    std::string station_named;      ///< `station_id` as the line says it, of a rejected one too
    std::vector<Problem> problems;  ///< empty: accepted
    std::vector<Problem> warnings;  ///< unknown codes that are kept
    /// Whether `fact` holds what the line says: where there are no problems, and of a test that is right by its schema.
    bool is_read = false;
    Fact fact;
    std::optional<Claim> claim;
    std::optional<Correction> correction;
    std::optional<Registration> registration;
    std::optional<Credential> credential;
    std::optional<PolicyLine> policy;
    std::optional<CaseLine> case_line;
};

/// `source` writes the journal the line stands in; its first letter is its kind. `received_at`: of a line that comes
/// back with this hub's receipt the receipt's, so that it is judged by the rules of that day.
Admitted admit(std::string_view line, std::string_view source, Moment received_at);

/// A stored line, whose judgement stands: nothing is checked again. Of an `accepted` one the fact (same bytes, same
/// fact), of a rejected one the fact of a test that is right by its schema.
Admitted reread(std::string_view line, bool accepted);

}  // namespace imloop::loop
