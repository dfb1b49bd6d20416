#include "loop/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include "loop/names.hpp"

namespace imloop::loop {
namespace {

constexpr std::array<std::string_view, 12> action_names{"open",    "begin",     "assign", "evidence",
                                                        "comment", "hand_over", "submit", "return",
                                                        "accept",  "publish",   "close",  "reopen"};
constexpr std::array<std::string_view, 6> state_names{"open",     "rectifying", "submitted",
                                                      "accepted", "published",  "closed"};
constexpr std::array<std::string_view, 9> refusal_names{
    "case_no_taken",       "case_not_found",      "case_state",      "not_responsible", "accepted_by_doer",
    "not_acceptance_unit", "not_that_department", "hand_over_order", "case_unread"};
constexpr std::array<std::string_view, 4> step_names{"given", "received", "returned", "done"};

/// A set of states.
constexpr unsigned in_states(std::initializer_list<CaseState> states) {
    unsigned out = 0;
    for (const auto one : states) out |= 1U << static_cast<unsigned>(one);
    return out;
}

/// From which states an action goes, and where to; nowhere else where it names none.
struct Move {
    CaseAction action;
    unsigned from;
    std::optional<CaseState> to = {};
};
constexpr Move moves[]{
    {CaseAction::begin, in_states({CaseState::open}), CaseState::rectifying},
    {CaseAction::assign, in_states({CaseState::open, CaseState::rectifying})},
    {CaseAction::evidence, in_states({CaseState::open, CaseState::rectifying, CaseState::submitted})},
    {CaseAction::comment, ~0U},
    {CaseAction::hand_over, in_states({CaseState::open, CaseState::rectifying, CaseState::submitted})},
    {CaseAction::submit, in_states({CaseState::rectifying}), CaseState::submitted},
    {CaseAction::return_, in_states({CaseState::submitted}), CaseState::rectifying},
    {CaseAction::accept, in_states({CaseState::submitted}), CaseState::accepted},
    {CaseAction::publish, in_states({CaseState::accepted}), CaseState::published},
    {CaseAction::close, in_states({CaseState::published}), CaseState::closed},
    {CaseAction::reopen, in_states({CaseState::accepted, CaseState::published, CaseState::closed}),
     CaseState::rectifying},
};

const Move& move_of(CaseAction action) { return *std::ranges::find(moves, action, &Move::action); }

bool judges(CaseAction action) { return action == CaseAction::accept || action == CaseAction::return_; }
bool is_of_acceptance(CaseAction action) {
    return judges(action) || action == CaseAction::publish || action == CaseAction::close;
}
bool is_work(CaseAction action) {
    return action == CaseAction::begin || action == CaseAction::evidence || action == CaseAction::submit;
}

std::optional<CaseRefusal> refused_hand_over(const Case& held, const CaseLine& line) {
    const auto latest = std::ranges::find_if(held.hand_overs, &HandOver::is_open);
    const bool is_open = latest != held.hand_overs.end();
    if (line.step == HandOverStep::given) return is_open ? std::optional(CaseRefusal::hand_over_order) : std::nullopt;
    if (!is_open || latest->department != line.to_department) return CaseRefusal::hand_over_order;
    if (line.unit != line.to_department) return CaseRefusal::not_that_department;
    const bool comes_next = line.step == HandOverStep::returned ||
                            (latest->step == HandOverStep::given) == (line.step == HandOverStep::received);
    return comes_next ? std::nullopt : std::optional(CaseRefusal::hand_over_order);
}

void put_hand_over(Case& to, const CaseLine& line) {
    if (line.step == HandOverStep::given) to.hand_overs.push_back({line.to_department, HandOverStep::given, 0});
    auto& latest = to.hand_overs.back();
    latest.step = *line.step;
    latest.at = line.occurred_at;
}

auto order_of_lines(const CaseLine& l) { return std::tie(l.occurred_at, l.record_id); }
std::string key_of_case(const CaseNo& no) { return key_of(no.county, no.year, no.number); }

CaseNo case_of(std::string_view key) {
    KeyReader parts(key);
    CaseNo out;
    out.county = parts.text();
    out.year = static_cast<int>(parts.number());
    out.number = static_cast<int>(parts.number());
    return out;
}

bool read_number(std::string_view text, int& to) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), to);
    return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

}  // namespace

std::string_view name_of(CaseAction action) { return action_names.at(static_cast<std::size_t>(action)); }
std::string_view name_of(CaseState state) { return state_names.at(static_cast<std::size_t>(state)); }
std::string_view name_of(CaseRefusal refusal) { return refusal_names.at(static_cast<std::size_t>(refusal)); }
std::string_view name_of(HandOverStep step) { return step_names.at(static_cast<std::size_t>(step)); }
std::optional<CaseAction> case_action_named(std::string_view name) {
    return value_named<CaseAction>(action_names, name);
}
std::optional<CaseState> case_state_named(std::string_view name) { return value_named<CaseState>(state_names, name); }
std::optional<HandOverStep> hand_over_step_named(std::string_view name) {
    return value_named<HandOverStep>(step_names, name);
}

std::optional<CaseNo> parse_case_no(std::string_view text) {
    constexpr std::size_t county_at = 5, number_at = 12;
    if (text.size() <= number_at || text[county_at - 1] != '-' || text[number_at - 1] != '-') return std::nullopt;
    CaseNo out;
    out.county = text.substr(county_at, number_at - 1 - county_at);
    if (!read_number(text.substr(0, county_at - 1), out.year) || !read_number(text.substr(number_at), out.number) ||
        out.number < 1 || format_case_no(out) != text)
        return std::nullopt;
    return out;
}

std::string format_case_no(const CaseNo& no) { return fmt::format("{:04}-{}-{:04}", no.year, no.county, no.number); }

std::optional<CaseRefusal> refusal(const Case* held, const CaseLine& line) {
    if (line.action == CaseAction::open) return held ? std::optional(CaseRefusal::case_no_taken) : std::nullopt;
    if (!held) return CaseRefusal::case_not_found;
    if ((move_of(line.action).from & in_states({held->state})) == 0) return CaseRefusal::case_state;
    if (line.action == CaseAction::submit && line.officer_id != held->task.person) return CaseRefusal::not_responsible;
    if (judges(line.action) && held->doers.contains(line.officer_id)) return CaseRefusal::accepted_by_doer;
    if (is_of_acceptance(line.action) && line.unit != held->task.acceptance_unit)
        return CaseRefusal::not_acceptance_unit;
    return line.action == CaseAction::hand_over ? refused_hand_over(*held, line) : std::nullopt;
}

Case after(const Case* held, const CaseLine& line) {
    Case out = held ? *held : Case{};
    if (line.action == CaseAction::open) {
        out.task = line.task;
        out.opened_at = line.occurred_at;
    } else {
        if (const auto to = move_of(line.action).to) out.state = *to;
        if (!line.task.person.empty()) out.task.person = line.task.person;
        if (line.task.deadline) out.task.deadline = line.task.deadline;
    }
    out.doers.insert(out.task.person);
    if (is_work(line.action)) out.doers.insert(line.officer_id);
    if (line.action == CaseAction::submit) out.submitted_on = day_of(line.occurred_at);
    if (out.is_due()) out.submitted_on.reset();
    if (line.action == CaseAction::hand_over) put_hand_over(out, line);
    out.changed_at = line.occurred_at;
    out.latest = line.record_id;
    ++out.steps;
    return out;
}

Cases::Cases(const Rows* rows)
    : lines_("loop_case_lines", rows), numbers_("loop_case_numbers", rows), cases_("loop_cases", rows) {}

void Cases::put(const CaseLine& line) {
    const auto record = key_of(line.record_id);
    if (const auto* before = numbers_.find(record); before && *before != line.no) {
        dirty_.insert(*before);
        lines_.erase(key_of(before->county, before->year, before->number, line.record_id));
    }
    numbers_.put(record, line.no);
    lines_.put(key_of(line.no.county, line.no.year, line.no.number, line.record_id), line);
    dirty_.insert(line.no);
}

void Cases::settle() {
    for (const auto& no : dirty_) {
        std::optional<Case> held;
        for (auto& line : lines(no)) {
            const auto refused = refusal(held ? &*held : nullptr, line);
            if (!refused) held = after(held ? &*held : nullptr, line);
            if (refused == line.refused) continue;
            line.refused = refused;
            lines_.put(key_of(no.county, no.year, no.number, line.record_id), line);
        }
        if (held)
            cases_.put(key_of_case(no), std::move(*held));
        else
            cases_.erase(key_of_case(no));
    }
    dirty_.clear();
}

const Case* Cases::find(const CaseNo& no) const { return cases_.find(key_of_case(no)); }

void Cases::each(const Visitor& visit) const {
    cases_.each("", [&](std::string_view key, const Case& one) { visit(case_of(key), one); });
}

void Cases::each_of(std::string_view county, const Visitor& visit) const {
    cases_.each(key_of(county), [&](std::string_view key, const Case& one) { visit(case_of(key), one); });
}

std::vector<CaseLine> Cases::lines(const CaseNo& no) const {
    std::vector<CaseLine> out;
    lines_.each(key_of_case(no), [&](std::string_view, const CaseLine& line) { out.push_back(line); });
    std::ranges::sort(out, {}, order_of_lines);
    return out;
}

CaseNo Cases::next(const std::string& county, int year) const {
    CaseNo out{county, year, 1};
    cases_.each(key_of(county, year), [&](std::string_view key, const Case&) { out.number = case_of(key).number + 1; });
    return out;
}

std::optional<CaseRefusal> Cases::without_effect(const std::string& record_id) const {
    const auto* no = numbers_.find(key_of(record_id));
    const auto* line = no ? lines_.find(key_of(no->county, no->year, no->number, record_id)) : nullptr;
    return line ? line->refused : CaseRefusal::case_unread;
}

}  // namespace imloop::loop
