// The ledger of problems (整改台账, docs/contract.md, "case"): what each case is by its lines in the hub's own journal.
// A case goes open -> rectifying -> submitted -> accepted -> published -> closed; back from submitted to rectifying
// where it is returned, and from accepted, published or closed where it is re-opened. A step that its state, its
// officer or an earlier step does not allow is without effect.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "loop/rows/table.hpp"
#include "loop/time.hpp"

namespace imloop::loop {

enum class CaseAction : std::uint8_t {
    open,
    begin,
    assign,
    evidence,
    comment,
    hand_over,
    submit,
    return_,
    accept,
    publish,
    close,
    reopen,
};
enum class CaseState : std::uint8_t { open, rectifying, submitted, accepted, published, closed };
/// Why a line is without effect.
enum class CaseRefusal : std::uint8_t {
    case_no_taken,        ///< another line opened a case under this number before
    case_not_found,       ///< no case has this number
    case_state,           ///< the state does not allow it
    not_responsible,      ///< only who is responsible submits
    accepted_by_doer,     ///< who was responsible or did any of the work does not judge it
    not_acceptance_unit,  ///< only the acceptance unit judges, publishes and closes
    not_that_department,  ///< only the department it was handed to receives, gives back and finishes
    hand_over_order,      ///< one hand-over at a time, and received before it is finished
    case_unread,          ///< an action or a type of case that this program does not know
};
/// Of a hand-over to another department.
enum class HandOverStep : std::uint8_t { given, received, returned, done };

std::string_view name_of(CaseAction);
std::string_view name_of(CaseState);
std::string_view name_of(CaseRefusal);
std::string_view name_of(HandOverStep);
std::optional<CaseAction> case_action_named(std::string_view);
std::optional<CaseState> case_state_named(std::string_view);
std::optional<HandOverStep> hand_over_step_named(std::string_view);

/// `2026-610402-0007`: the year it was opened, its county, and a number that the hub counts in both.
struct CaseNo {
    std::string county;
    int year = 0, number = 0;
    auto operator<=>(const CaseNo&) const = default;
};
std::optional<CaseNo> parse_case_no(std::string_view);
std::string format_case_no(const CaseNo&);

/// What it was opened for. `kind` is the member of `about`: flag_id, county, complaint_no, draw_id, …; empty: by hand.
struct CaseSource {
    std::string kind, id;
    std::optional<Day> from, to;  ///< of a county: the period that it was behind in
};
/// A record or flag by its id, or a file that lies elsewhere by its digest.
struct CaseEvidence {
    std::string record_id, flag_id, name, sha256;
    std::int64_t bytes = 0;
};

/// What is to be put right, by whom, until when.
struct CaseTask {
    CaseSource about;
    std::string problem, goal;
    std::vector<std::string> measures;
    std::string lead_unit;  ///< units: codes/unit
    std::vector<std::string> joint_units;
    std::string person;           ///< the one who is responsible
    std::optional<Day> deadline;  ///< inclusive
    std::string acceptance_unit;
};

/// One `case` record.
struct CaseLine {
    std::string record_id;
    Moment occurred_at = 0;
    CaseNo no;
    CaseAction action{};
    std::string officer_id, unit;  ///< who writes it, and of which unit
    CaseTask task;                 ///< whole where it opens; of others `person` and `deadline` alone
    std::string text, to_department;
    std::optional<HandOverStep> step;
    std::vector<CaseEvidence> evidence;
    std::optional<CaseRefusal> refused;  ///< by settle()
};

struct HandOver {
    std::string department;
    HandOverStep step{};
    Moment at = 0;
    bool is_open() const { return step == HandOverStep::given || step == HandOverStep::received; }
};

/// A case as its lines make it.
struct Case {
    CaseState state{};
    CaseTask task;
    Moment opened_at = 0, changed_at = 0;
    std::string latest;                ///< the record of its last step
    std::optional<Day> submitted_on;   ///< where it stands submitted or beyond
    std::set<std::string> doers;       ///< who was responsible or did any of the work
    std::vector<HandOver> hand_overs;  ///< in the order they were given, each with its last step
    std::int64_t steps = 0;            ///< that have effect

    /// Whether the deadline still runs: what is submitted waits for others.
    bool is_due() const { return state == CaseState::open || state == CaseState::rectifying; }
    /// On that day.
    bool is_overdue(Day today) const { return is_due() && today > *task.deadline; }
};

/// Why the next line of a case would be without effect; nothing where it has one. `held`: none before it is opened.
std::optional<CaseRefusal> refusal(const Case* held, const CaseLine&);
/// What stands after a line that is not refused.
Case after(const Case* held, const CaseLine&);

/// A function of the set of lines put in: those of one number are taken in the order (occurred_at, record_id). Const
/// calls as in Table.
class Cases {
public:
    explicit Cases(const Rows* rows = nullptr);

    void put(const CaseLine&);
    void settle();

    const Case* find(const CaseNo&) const;
    using Visitor = std::function<void(const CaseNo&, const Case&)>;
    /// In the order of their numbers: county, year, number.
    void each(const Visitor&) const;
    void each_of(std::string_view county, const Visitor&) const;
    /// All lines of a number, with and without effect, in their order.
    std::vector<CaseLine> lines(const CaseNo&) const;
    /// The next number of this county and year.
    CaseNo next(const std::string& county, int year) const;
    /// Of an accepted record of this kind.
    std::optional<CaseRefusal> without_effect(const std::string& record_id) const;

    auto tables() { return std::tie(lines_, numbers_, cases_); }

private:
    Table<CaseLine> lines_;   // by county, year, number, record
    Table<CaseNo> numbers_;   // of a record
    Table<Case> cases_;       // by county, year, number
    std::set<CaseNo> dirty_;  // since the last settle()
};

template <Like<CaseNo> T>
auto members(T& n) {
    return std::tie(n.county, n.year, n.number);
}
template <Like<CaseSource> T>
auto members(T& s) {
    return std::tie(s.kind, s.id, s.from, s.to);
}
template <Like<CaseEvidence> T>
auto members(T& e) {
    return std::tie(e.record_id, e.flag_id, e.name, e.sha256, e.bytes);
}
template <Like<CaseTask> T>
auto members(T& t) {
    return std::tie(t.about, t.problem, t.goal, t.measures, t.lead_unit, t.joint_units, t.person, t.deadline,
                    t.acceptance_unit);
}
template <Like<CaseLine> T>
auto members(T& l) {
    return std::tie(l.record_id, l.occurred_at, l.no, l.action, l.officer_id, l.unit, l.task, l.text, l.to_department,
                    l.step, l.evidence, l.refused);
}
template <Like<HandOver> T>
auto members(T& h) {
    return std::tie(h.department, h.step, h.at);
}
template <Like<Case> T>
auto members(T& c) {
    return std::tie(c.state, c.task, c.opened_at, c.changed_at, c.latest, c.submitted_on, c.doers, c.hand_overs,
                    c.steps);
}

}  // namespace imloop::loop
