// The ledger of problems: the list, one case with what its reader may do next, and the steps. Who may write a step is
// judged twice: by their roles here, by the case's own lines in loop/cases.hpp.
#include "hub/report/cases.hpp"

#include <algorithm>
#include <map>

#include "hub/api/lists.hpp"
#include "hub/calls/calls.hpp"
#include "hub/calls/shown.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "hub/report/suspects.hpp"

namespace imloop::hub {
namespace {

using loop::CaseAction;
using loop::HandOverStep;
using nlohmann::json;

constexpr std::size_t person_max = 64;

/// Who may take a step, whatever the case says of them.
RoleSet roles_for(CaseAction action) {
    switch (action) {
        case CaseAction::open:
        case CaseAction::begin:
        case CaseAction::assign:
        case CaseAction::submit:
            return {Role::officer};
        case CaseAction::return_:
        case CaseAction::accept:
        case CaseAction::publish:
        case CaseAction::close:
            return {Role::acceptor};
        case CaseAction::reopen:
            return {Role::officer, Role::acceptor};
        case CaseAction::evidence:
        case CaseAction::comment:
        case CaseAction::hand_over:
            break;
    }
    return casework_roles;
}

/// Within the counties of such a role.
bool may(const Person& person, CaseAction action, const std::string& county) {
    return scope_of(person.grants, roles_for(action)).holds(county);
}

bool is_of_state(loop::CaseRefusal why) {
    return why == loop::CaseRefusal::case_state || why == loop::CaseRefusal::hand_over_order;
}

/// Steps that the state allows, each with the reason why this person can't take it, where they can't.
json possible_steps(const ListedCase& of, const Person& person) {
    json out = json::array();
    const auto add = [&](CaseAction action, std::optional<HandOverStep> step, const std::string& to) {
        loop::CaseLine line;
        line.action = action;
        line.officer_id = person.account.account;
        line.unit = person.account.unit;
        line.step = step;
        line.to_department = to;
        const auto why = refusal(&of.held, line);
        if (why && is_of_state(*why)) return;
        json one{{"action", name_of(action)}};
        if (step) one.update({{"step", name_of(*step)}, {"to_department", to}});
        if (!may(person, action, of.no.county))
            one["why"] = {{"code", "role_missing"},
                          {"zh", "您的角色不能做这一步。"},
                          {"en", "your role does not take this step."}};
        else if (why) {
            const auto words = code_words("case_refusal", name_of(*why));
            one["why"] = {{"code", name_of(*why)}, {"zh", words.zh}, {"en", words.en}};
        }
        out.push_back(std::move(one));
    };
    for (const auto action :
         {CaseAction::begin, CaseAction::submit, CaseAction::accept, CaseAction::return_, CaseAction::publish,
          CaseAction::close, CaseAction::reopen, CaseAction::assign, CaseAction::evidence, CaseAction::comment})
        add(action, {}, "");
    add(CaseAction::hand_over, HandOverStep::given, "");
    for (const auto& one : of.held.hand_overs)
        if (one.is_open())
            for (const auto step : {HandOverStep::received, HandOverStep::done, HandOverStep::returned})
                add(CaseAction::hand_over, step, one.department);
    return out;
}

/// Who may be made responsible for a case of a county: officers whose right is for it.
json officers_of(Console& console, const std::string& county) {
    const auto reader = console.hub().readers.now(scope_of({}, {}));
    auto& database = reader->store.database();
    std::map<std::string, std::vector<Grant>> rights;
    for (auto& grant : grants(database)) rights[grant.account].push_back(std::move(grant));
    json out = json::array();
    for (const auto& account : accounts(database))
        if (account.ended_at == 0 && scope_of(rights[account.account], {Role::officer}).holds(county))
            out.push_back({{"account", account.account}, {"name", account.name}, {"unit", account.unit}});
    return out;
}

std::optional<Answer> person_unfit(Console& console, const std::string& person, const std::string& county) {
    const auto officers = officers_of(console, county);
    if (std::ranges::any_of(officers, [&](const json& one) { return one.at("account") == person; }))
        return std::nullopt;
    return problem_with(
        422, {"person_unfit", "责任人应是这个县区的办理人员", "who is responsible is an officer of this county"},
        {{"pointer", "/person"}});
}

/// The flag it is opened for is there, and within the asker's scope.
std::optional<Answer> flag_unfit(Console& console, const Ask& ask, const std::string& flag_id) {
    bool is_there = false, is_out = false;
    console.hub().watch->look(ask.scope, Watch::Sweep::of_now, [&](const Watch::View& view) {
        const auto flag = view.suspects.flag(flag_id);
        is_there = flag.has_value();
        is_out = flag && !ask.scope.holds(county_of(view.reader->loop.projection, *flag));
    });
    if (is_out) return console.out_of_scope(ask, flag_id);
    if (!is_there) return calls::no_such_flag();
    return std::nullopt;
}

/// The case of the path; a number names its county, so that what lies outside is refused whether it is there or not.
struct Found {
    std::optional<loop::CaseNo> no;
    std::optional<Answer> refusal;
};
Found found(Console& console, const Ask& ask) {
    const auto& text = ask.parts[0];
    const auto no = loop::parse_case_no(text);
    if (!no) return {{}, calls::no_such_case()};
    if (!ask.scope.holds(no->county)) return {{}, console.out_of_scope(ask, text)};
    return {no, {}};
}

/// The body as the hub's call takes it, in the name of who asks.
json in_own_name(const Ask& ask) {
    json out = ask.body;
    out["officer_id"] = ask.person.account.account;
    out["unit"] = ask.person.account.unit;
    return out;
}

}  // namespace

Listed list_cases(Console& console, Ask& ask) {
    const auto& query = ask.request.http;
    auto page = page_of(console, ask);
    if (page.refusal) return std::move(*page.refusal);
    CaseRequest wanted{console.today(),       query.query("county"), "", query.query("state"), query.query("due"),
                       query.query("source"), query.query("about")};
    if (query.query("mine") == "1") wanted.person = ask.person.account.account;
    if (!wanted.county.empty() && !ask.scope.holds(wanted.county)) return console.out_of_scope(ask, wanted.county);
    const auto sees = [&](std::string_view county) { return ask.scope.holds(county); };
    const auto reader = console.hub().readers.now(ask.scope);
    const auto& projection = reader->loop.projection;
    const auto cases = wanted_cases(projection, wanted, sees);
    auto all = wanted;
    all.state = "all";
    all.due = "";
    json body{{"counts", case_counts(wanted_cases(projection, all, sees), wanted.today)},
              {"as_of", loop::format_day(wanted.today)},
              {"position", console.hub().place_named(reader->store.position())}};
    put_page<ListedCase>(body, console, ask, page, cases, place_of,
                         [&](const ListedCase& one) { return case_object(one, wanted.today); });
    return body;
}

Answer show_case(Console& console, Ask& ask) {
    const auto of = found(console, ask);
    if (of.refusal) return *of.refusal;
    const auto reader = console.hub().readers.now(ask.scope);
    const auto& projection = reader->loop.projection;
    const auto* held = projection.cases().find(*of.no);
    if (!held) return calls::no_such_case();
    const ListedCase one{*of.no, *held};
    auto body = case_story(projection, one, console.today());
    body["possible"] = possible_steps(one, ask.person);
    return list_answer(body, ask.request.http);
}

Answer list_officers(Console& console, Ask& ask) {
    const auto county = ask.request.http.query("county");
    if (!ask.scope.holds(county)) return console.out_of_scope(ask, county);
    return list_answer({{"items", officers_of(console, county)}}, ask.request.http);
}

/// `{county, problem, goal, measures, lead_unit, joint_units, person, deadline, acceptance_unit, about, anyway}`.
Answer open_case(Console& console, Ask& ask) {
    const auto county = ask.text("county");
    if (!ask.scope.holds(county)) return console.out_of_scope(ask, county);
    if (auto refusal = unfit_text(ask, "problem", reason_min, reason_max)) return std::move(*refusal);
    if (auto refusal = unfit_text(ask, "person", 1, person_max)) return std::move(*refusal);
    if (auto refusal = person_unfit(console, ask.text("person"), county)) return std::move(*refusal);
    const auto about = ask.body.find("about");
    const bool has_flag =
        about != ask.body.end() && about->is_object() && about->contains("flag_id") && about->at("flag_id").is_string();
    if (has_flag)
        if (auto refusal = flag_unfit(console, ask, about->at("flag_id"))) return std::move(*refusal);
    Context context(console.hub(), ask.scope, {});
    return console.decide(console.entry(ask, "case open", county),
                          [&] { return calls::case_open(context, in_own_name(ask)); });
}

/// `{action, text, …}`, If-Match: the `mark` that was seen.
Answer take_case_step(Console& console, Ask& ask) {
    const auto of = found(console, ask);
    if (of.refusal) return *of.refusal;
    const auto action = loop::case_action_named(ask.text("action"));
    if (!action || *action == CaseAction::open)
        return problem(400, {"unknown_action", "没有这一步", "there is no such step"});
    const auto& case_no = ask.parts[0];
    auto entry = console.entry(ask, "case " + std::string(name_of(*action)), case_no);
    if (!may(ask.person, *action, of.no->county)) {
        entry.result = "role_missing";
        console.audit(std::move(entry));
        return role_missing();
    }
    const bool is_reasoned = *action == CaseAction::return_ || *action == CaseAction::reopen;
    if (auto refusal = unfit_text(ask, "text", is_reasoned ? reason_min : 0, reason_max)) return std::move(*refusal);
    if (const auto person = ask.text("person"); !person.empty())
        if (auto refusal = person_unfit(console, person, of.no->county)) return std::move(*refusal);
    auto in = in_own_name(ask);
    in.update({{"case_no", case_no}, {"mark", ask.request.http.if_match}});
    Context context(console.hub(), ask.scope, {});
    return console.decide(std::move(entry), [&] { return calls::case_step(context, in); });
}

}  // namespace imloop::hub
