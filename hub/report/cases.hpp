// The ledger of problems (loop/cases.hpp) as officers read it: whether a deadline is past is worked out for the day it
// is asked, and stands nowhere.
#pragma once

#include "hub/report/report.hpp"
#include "loop/cases.hpp"

namespace imloop::hub {

inline constexpr loop::Day due_soon_days = 7;   ///< ahead: it is marked
inline constexpr loop::Day escalated_days = 7;  ///< behind: it is marked for who stands above

struct CaseRequest {
    loop::Day today = 0;
    std::string county, person;
    std::string state;   ///< empty: all that are not closed; `all`
    std::string due;     ///< overdue, soon; empty: all
    std::string source;  ///< a code of codes/case_source; empty: all
    std::string about;   ///< the id of what it was opened for
};

struct ListedCase {
    loop::CaseNo no;
    loop::Case held;
};
/// Those wanted of the counties that `sees` holds: first those whose deadline still runs, by deadline, then by number.
std::vector<ListedCase> wanted_cases(const loop::Projection&, const CaseRequest&,
                                     const std::function<bool(std::string_view county)>& sees);
/// What is before another in that order has a lesser one.
std::string place_of(const ListedCase&);
/// How many there are in each state, how many are overdue and how many due soon.
nlohmann::json case_counts(const std::vector<ListedCase>&, loop::Day today);

/// Of a deadline on a day: escalated, overdue, today, soon, later; of what was submitted: in_time, late.
std::string_view due_of(const loop::Case&, loop::Day today);
std::vector<Column> case_columns();
/// By the names of its columns.
nlohmann::json case_object(const ListedCase&, loop::Day today);
/// One whole, with its steps in their order.
nlohmann::json case_story(const loop::Projection&, const ListedCase&, loop::Day today);
/// The same for a terminal.
std::string case_text(const nlohmann::json&);
Report report_cases(const loop::Projection&, const CaseRequest&);

/// What a code of a list of codes.json is called; the code itself where it has none.
loop::Words code_words(std::string_view list, std::string_view code);

}  // namespace imloop::hub
