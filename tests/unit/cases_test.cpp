// The ledger of problems: which step each state allows to whom, and that a case is a function of the set of its lines.
#include "loop/cases.hpp"

#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "loop/projection.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/rows.hpp"

using namespace imloop;
using loop::Case, loop::CaseAction, loop::CaseLine, loop::CaseNo, loop::CaseRefusal, loop::CaseState,
    loop::HandOverStep;
using nlohmann::json;

namespace {

const loop::Moment nine = loop::parse_moment("2026-03-02T09:00:00+08:00").value();
const CaseNo number{"610402", 2026, 7};

std::string id_of(unsigned n) { return fmt::format("01930000-0000-7000-8000-{:012}", n); }

/// `who` is of the transport bureau, which leads; the ecology bureau accepts.
CaseLine step(CaseAction action, const std::string& officer, const std::string& unit, unsigned n = 1) {
    CaseLine out;
    out.record_id = id_of(n);
    out.occurred_at = nine + n * 1000;
    out.no = number;
    out.action = action;
    out.officer_id = officer;
    out.unit = unit;
    out.text = "看过现场";
    if (action == CaseAction::open) {
        out.task.problem = "没有一辆进站维修";
        out.task.lead_unit = "transport";
        out.task.person = "zhao";
        out.task.deadline = loop::parse_day("2026-03-31").value();
        out.task.acceptance_unit = "ecology";
    }
    if (action == CaseAction::hand_over) {
        out.to_department = "police";
        out.step = HandOverStep::given;
    }
    return out;
}

/// Brought to a state by who may: zhao is responsible, gao begins, wei of the acceptance unit judges.
std::optional<Case> case_in(std::optional<CaseState> state) {
    if (!state) return std::nullopt;
    Case out = after(nullptr, step(CaseAction::open, "mayor", "transport"));
    const std::vector<std::pair<CaseState, CaseLine>> way{
        {CaseState::rectifying, step(CaseAction::begin, "gao", "transport", 2)},
        {CaseState::submitted, step(CaseAction::submit, "zhao", "transport", 3)},
        {CaseState::accepted, step(CaseAction::accept, "wei", "ecology", 4)},
        {CaseState::published, step(CaseAction::publish, "wei", "ecology", 5)},
        {CaseState::closed, step(CaseAction::close, "wei", "ecology", 6)}};
    for (const auto& [to, line] : way) {
        if (out.state == *state) break;
        REQUIRE_FALSE(refusal(&out, line));
        out = after(&out, line);
        REQUIRE(out.state == to);
    }
    return out;
}

std::string said(const std::optional<Case>& held, const CaseLine& line) {
    const auto* of = held ? &*held : nullptr;
    if (const auto why = refusal(of, line)) return std::string(name_of(*why));
    return std::string(name_of(after(of, line).state));
}

}  // namespace

TEST_CASE("every state, step and person: where it leads, or why not") {
    // Responsible; who began it; of the acceptance unit and no doer; of another unit and no doer.
    const std::vector<std::pair<std::string, std::string>> people{
        {"zhao", "transport"}, {"gao", "ecology"}, {"wei", "ecology"}, {"liu", "police"}};
    const std::string taken = "case_no_taken", none = "case_not_found", state = "case_state", doer = "accepted_by_doer",
                      unit = "not_acceptance_unit", only = "not_responsible";
    using Row = std::vector<std::string>;  // by person
    const auto all = [](const std::string& word) { return Row(4, word); };
    const std::map<CaseAction, std::vector<Row>> expected{
        // before it is opened, open, rectifying, submitted, accepted, published, closed
        {CaseAction::open, {all("open"), all(taken), all(taken), all(taken), all(taken), all(taken), all(taken)}},
        {CaseAction::begin, {all(none), all("rectifying"), all(state), all(state), all(state), all(state), all(state)}},
        {CaseAction::assign,
         {all(none), all("open"), all("rectifying"), all(state), all(state), all(state), all(state)}},
        {CaseAction::evidence,
         {all(none), all("open"), all("rectifying"), all("submitted"), all(state), all(state), all(state)}},
        {CaseAction::comment,
         {all(none), all("open"), all("rectifying"), all("submitted"), all("accepted"), all("published"),
          all("closed")}},
        {CaseAction::hand_over,
         {all(none), all("open"), all("rectifying"), all("submitted"), all(state), all(state), all(state)}},
        {CaseAction::submit,
         {all(none), all(state), {"submitted", only, only, only}, all(state), all(state), all(state), all(state)}},
        {CaseAction::return_,
         {all(none), all(state), all(state), {doer, doer, "rectifying", unit}, all(state), all(state), all(state)}},
        {CaseAction::accept,
         {all(none), all(state), all(state), {doer, doer, "accepted", unit}, all(state), all(state), all(state)}},
        {CaseAction::publish,
         {all(none),
          all(state),
          all(state),
          all(state),
          {unit, "published", "published", unit},
          all(state),
          all(state)}},
        {CaseAction::close,
         {all(none), all(state), all(state), all(state), all(state), {unit, "closed", "closed", unit}, all(state)}},
        {CaseAction::reopen,
         {all(none), all(state), all(state), all(state), all("rectifying"), all("rectifying"), all("rectifying")}}};
    REQUIRE(expected.size() == 12);
    for (const auto& [action, rows] : expected)
        for (std::size_t s = 0; s < rows.size(); ++s)
            for (std::size_t p = 0; p < people.size(); ++p) {
                INFO(name_of(action) << " in state " << s << " by " << people[p].first);
                const auto held = case_in(s == 0 ? std::nullopt : std::optional(static_cast<CaseState>(s - 1)));
                CHECK(said(held, step(action, people[p].first, people[p].second, 9)) == rows[s][p]);
            }
}

TEST_CASE("who was ever responsible or did any of the work is a doer, also after another took over") {
    auto held = case_in(CaseState::rectifying);
    auto other = step(CaseAction::assign, "mayor", "transport", 10);
    other.task.person = "wei";
    held = after(&*held, other);
    held = after(&*held, step(CaseAction::evidence, "helper", "ecology", 11));
    held = after(&*held, step(CaseAction::comment, "onlooker", "ecology", 12));
    CHECK(said(held, step(CaseAction::submit, "zhao", "transport", 13)) == "not_responsible");
    held = after(&*held, step(CaseAction::submit, "wei", "ecology", 14));
    CHECK(held->doers == std::set<std::string>{"zhao", "wei", "gao", "helper"});
    for (const auto* doer : {"zhao", "wei", "gao", "helper"})
        CHECK(said(held, step(CaseAction::accept, doer, "ecology", 15)) == "accepted_by_doer");
    CHECK(said(held, step(CaseAction::accept, "onlooker", "ecology", 15)) == "accepted");
    // A new round does not make them others.
    held = after(&*held, step(CaseAction::accept, "onlooker", "ecology", 16));
    auto again = step(CaseAction::reopen, "mayor", "transport", 17);
    again.task.deadline = loop::parse_day("2026-05-31").value();
    held = after(&*held, again);
    CHECK(loop::format_day(*held->task.deadline) == "2026-05-31");
    CHECK_FALSE(held->submitted_on);
    held = after(&*held, step(CaseAction::submit, "wei", "ecology", 18));
    CHECK(said(held, step(CaseAction::accept, "gao", "ecology", 19)) == "accepted_by_doer");
}

TEST_CASE("a hand-over is given to one department at a time, which answers it itself") {
    auto held = case_in(CaseState::rectifying);
    const auto hand = [&](HandOverStep to, const std::string& department, const std::string& unit) {
        auto line = step(CaseAction::hand_over, "liu", unit, static_cast<unsigned>(20 + held->steps));
        line.step = to;
        line.to_department = department;
        const auto word = said(held, line);
        if (!refusal(&*held, line)) held = after(&*held, line);
        return word;
    };
    using enum HandOverStep;
    CHECK(hand(received, "police", "police") == "hand_over_order");
    CHECK(hand(given, "police", "ecology") == "rectifying");
    CHECK(hand(given, "transport", "ecology") == "hand_over_order");
    CHECK(hand(done, "police", "police") == "hand_over_order");
    CHECK(hand(received, "police", "ecology") == "not_that_department");
    CHECK(hand(received, "transport", "transport") == "hand_over_order");
    CHECK(hand(received, "police", "police") == "rectifying");
    CHECK(hand(received, "police", "police") == "hand_over_order");
    CHECK(hand(done, "police", "transport") == "not_that_department");
    CHECK(hand(done, "police", "police") == "rectifying");
    CHECK(hand(returned, "police", "police") == "hand_over_order");
    CHECK(hand(given, "market_regulation", "ecology") == "rectifying");
    CHECK(hand(returned, "market_regulation", "market_regulation") == "rectifying");
    CHECK(hand(given, "market_regulation", "ecology") == "rectifying");
    REQUIRE(held->hand_overs.size() == 3);
    CHECK(held->hand_overs[0].department == "police");
    CHECK(held->hand_overs[0].step == done);
    CHECK(held->hand_overs[1].step == returned);
    CHECK(held->hand_overs[2].is_open());
}

TEST_CASE("a deadline is past on the day after it, and runs until it is submitted") {
    const auto day = [](const char* text) { return loop::parse_day(text).value(); };
    const auto held = case_in(CaseState::rectifying);
    CHECK_FALSE(held->is_overdue(day("2026-03-31")));
    CHECK(held->is_overdue(day("2026-04-01")));
    CHECK_FALSE(case_in(CaseState::submitted)->is_overdue(day("2026-04-01")));
    CHECK(case_in(CaseState::submitted)->submitted_on == day("2026-03-02"));
}

TEST_CASE("a case number says year, county and number, and nothing else is one") {
    CHECK(loop::parse_case_no("2026-610402-0007") == number);
    CHECK(format_case_no(number) == "2026-610402-0007");
    CHECK(loop::parse_case_no("2026-610402-12345") == CaseNo{"610402", 2026, 12345});
    for (const auto* text : {"", "2026-610402-", "2026-610402-7", "2026-610402-00012", "26-610402-0007",
                             "2026-610402-0007x", "2026-610402--007", "2026_610402_0007"})
        CHECK_FALSE(loop::parse_case_no(text));
}

namespace {

const loop::Moment received = loop::parse_moment("2026-07-01T00:00:00+08:00").value();

/// Lines of two or three cases, most of them steps that come next, some that don't; numbers opened twice, steps of
/// cases that are opened nowhere, types that nobody reads yet.
std::vector<std::string> ledger(const std::vector<unsigned>& numbers) {
    constexpr const char* actions[] = {"begin",  "assign", "evidence", "comment", "hand_over", "submit",
                                       "return", "accept", "publish",  "close",   "reopen"};
    constexpr const char* people[] = {"zhao", "gao", "wei", "liu"};
    constexpr const char* units[] = {"transport", "ecology", "police"};
    constexpr const char* cases[] = {"2026-610402-0001", "2026-610402-0002", "2026-610423-0001"};
    constexpr const char* steps[] = {"given", "received", "returned", "done"};
    test::Dice dice{numbers};
    std::vector<std::string> out;
    for (unsigned n = 0; dice.at < numbers.size() && n < 24; ++n) {
        // Some at the same moment, so that the record's id decides.
        json line{{"schema", "imloop/case/1"},   {"record_id", id_of(n)},
                  {"station_id", "H610400-01"},  {"occurred_at", loop::format_moment(nine + dice.roll(12) * 1000)},
                  {"case_no", dice.pick(cases)}, {"officer_id", dice.pick(people)},
                  {"unit", dice.pick(units)}};
        if (dice.roll(3) == 0) {
            line.update({{"action", "open"},
                         {"problem", "问题"},
                         {"lead_unit", "transport"},
                         {"person", dice.pick(people)},
                         {"deadline", "2026-03-31"},
                         {"acceptance_unit", dice.pick(units)}});
            if (dice.roll(6) == 0) line["type"] = "campaign";
        } else {
            const std::string action = dice.pick(actions);
            line.update({{"action", dice.roll(20) == 0 ? "object" : action}, {"text", "说明"}});
            if (action == "assign") line["person"] = dice.pick(people);
            if (action == "evidence") line["evidence"] = {{{"flag_id", "R03-1f2e3d4c5b6a7980"}}};
            if (action == "hand_over") line.update({{"to_department", dice.pick(units)}, {"step", dice.pick(steps)}});
        }
        out.push_back(line.dump());
    }
    return out;
}

void put(loop::Projection& to, const std::string& line) {
    const auto admitted = loop::admit(line, "H610400-01", received);
    if (!admitted.problems.empty()) throw std::runtime_error(admitted.problems[0].code + admitted.problems[0].pointer);
    to.put(admitted, "H610400-01", "e", 1);
}

}  // namespace

TEST_CASE(
    "any order, any batches and any repeats of lines give the same cases, and what is without effect changes none") {
    CHECK(rc::check([](const std::vector<unsigned>& numbers, unsigned seed) {
        auto lines = ledger(numbers);
        test::MapRows at_once, paged;
        loop::Projection whole({}, &at_once), live({}, &paged);
        for (const auto& line : lines) put(whole, line);
        whole.settle();
        whole.write(at_once.take());

        std::mt19937 random(seed);
        auto shuffled = lines;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        const auto settle = [&] {
            live.settle();
            live.write(paged.take());
            live.forget();
        };
        for (std::size_t i = 0; i < shuffled.size(); ++i) {
            put(live, shuffled[i]);
            if (random() % 3 == 0) put(live, shuffled[random() % (i + 1)]);
            if (random() % 2 == 0) settle();
        }
        settle();
        RC_ASSERT(paged.tables == at_once.tables);

        // Only the lines with effect: the same cases.
        loop::Projection without({});
        std::size_t steps = 0;
        for (const auto& line : lines) {
            const auto id = json::parse(line).at("record_id").get<std::string>();
            if (live.without_effect(id)) continue;
            put(without, line);
            ++steps;
        }
        without.settle();
        std::vector<std::string> with, alone;
        std::size_t counted = 0;
        live.cases().each([&](const CaseNo& no, const Case& one) {
            with.push_back(format_case_no(no) + loop::packed(one));
            counted += static_cast<std::size_t>(one.steps);
        });
        without.cases().each(
            [&](const CaseNo& no, const Case& one) { alone.push_back(format_case_no(no) + loop::packed(one)); });
        RC_ASSERT(with == alone);
        RC_ASSERT(counted == steps);
    }));
}

TEST_CASE("a case is not corrected: its line stands, and so does what a correction would say") {
    loop::Projection projection({});
    auto line = json{{"schema", "imloop/case/1"},
                     {"record_id", id_of(1)},
                     {"station_id", "H610400-01"},
                     {"occurred_at", "2026-03-02T09:00:00+08:00"},
                     {"case_no", "2026-610402-0001"},
                     {"officer_id", "zhao"},
                     {"action", "open"},
                     {"problem", "问题"},
                     {"lead_unit", "transport"},
                     {"person", "zhao"},
                     {"deadline", "2026-03-31"},
                     {"acceptance_unit", "ecology"}};
    put(projection, line.dump());
    put(projection, json{{"schema", "imloop/correction/1"},
                         {"record_id", id_of(2)},
                         {"station_id", "H610400-01"},
                         {"occurred_at", "2026-03-03T09:00:00+08:00"},
                         {"corrects", id_of(1)},
                         {"action", "void"},
                         {"reason", "录错"}}
                        .dump());
    projection.settle();
    CHECK(projection.without_effect(id_of(2)) == "correction_of_case");
    CHECK(projection.cases().find({"610402", 2026, 1}) != nullptr);
    CHECK(projection.cases().next("610402", 2026) == CaseNo{"610402", 2026, 2});
    CHECK(projection.cases().next("610402", 2027) == CaseNo{"610402", 2027, 1});
    CHECK(projection.cases().next("610423", 2026) == CaseNo{"610423", 2026, 1});
    const auto codes = [](json of, const char* source = "H610400-01") {
        std::vector<std::string> out;
        for (const auto& p : loop::admit(of.dump(), source, received).problems) out.push_back(p.pointer + " " + p.code);
        return out;
    };
    const json replaced{{"schema", "imloop/correction/1"},
                        {"record_id", id_of(3)},
                        {"station_id", "H610400-01"},
                        {"occurred_at", "2026-03-03T09:00:00+08:00"},
                        {"corrects", id_of(1)},
                        {"action", "replace"},
                        {"replacement", line},
                        {"reason", "录错"}};
    CHECK(codes(replaced) == std::vector<std::string>{"/replacement/schema correction_of_case"});
    CHECK(codes(line, "E610402-01").at(0) == "/schema kind_not_allowed");
    auto without = line;
    without.erase("deadline");
    CHECK(codes(without) == std::vector<std::string>{"/deadline member_missing"});
    without = line;
    without["action"] = "return";
    CHECK(codes(without) == std::vector<std::string>{"/text member_missing"});
    without["case_no"] = "7";
    without["text"] = "不合格";
    CHECK(codes(without) == std::vector<std::string>{"/case_no bad_format"});
}
