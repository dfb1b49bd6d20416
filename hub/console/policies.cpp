// The policy: what is in force, what was, and two persons who change it.
#include <algorithm>

#include "hub/api/lists.hpp"
#include "hub/calls/calls.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "journal/json.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

constexpr std::size_t changes_max = 50;

/// As a call of the hub's gives it, with an ETag.
Answer listed(const Answer& answer, const Ask& ask) {
    return answer.error ? answer : list_answer(journal::parsed(answer.body), ask.request.http);
}

/// `repair_days`, `counties.610404.retest_days`.
json path_of(const std::string& name) {
    json out = json::array();
    for (std::size_t at = 0; at <= name.size();) {
        const auto end = std::min(name.find('.', at), name.size());
        out.push_back(name.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

bool is_of_policy(const Person& person) { return person.has(Role::policy) || person.has(Role::policy_approver); }

}  // namespace

/// Which stations are watched is told to who may change it, and to nobody else of other counties.
Answer show_policy(Console& console, Ask& ask) {
    Context context(console.hub(), ask.scope, {});
    json wanted{{"form", "json"}};
    if (const auto on = ask.request.http.query("on"); !on.empty()) wanted["on"] = on;
    auto answer = calls::policy_show(context, wanted);
    if (answer.error) return answer;
    auto body = journal::parsed(answer.body);
    if (!is_of_policy(ask.person)) {
        std::erase_if(body["rows"].get_ref<json::array_t&>(),
                      [](const json& row) { return row.value("member", "") == "watched_stations"; });
        if (body.contains("words")) body["words"].erase("watched_stations");
    }
    return list_answer(body, ask.request.http);
}

Answer list_policy_lines(Console& console, Ask& ask) {
    Context context(console.hub(), ask.scope, {});
    return listed(calls::policy_history(context, {{"form", "json"}}), ask);
}

Answer list_policy_changes(Console& console, Ask& ask) {
    Context context(console.hub(), ask.scope, {});
    return listed(calls::policy_proposals(context, {{"form", "json"}}), ask);
}

/// `{valid_from, values: {member: value}, reason}`.
Answer propose_policy(Console& console, Ask& ask) {
    if (auto refusal = unfit_text(ask, "reason", reason_min, reason_max)) return std::move(*refusal);
    const auto given = ask.body.find("values");
    if (given == ask.body.end() || !given->is_object() || given->empty() || given->size() > changes_max)
        return problem_with(
            422, {"values_unfit", "values 应是 1 到 50 项要改的值", "values are 1 to 50 members with what they become"},
            {{"pointer", "/values"}});
    json wanted{{"form", "json"}, {"officer_id", ask.person.account.account}, {"values", json::array()}};
    if (const auto day = ask.text("valid_from"); !day.empty()) wanted["valid_from"] = day;
    std::string about;
    for (const auto& [name, value] : given->items()) {
        wanted["values"].push_back(json::array({path_of(name), value}));
        about += (about.empty() ? "" : " ") + name;
    }
    Context context(console.hub(), ask.scope, {});
    return console.decide(console.entry(ask, "policy propose", about, ask.text("reason")),
                          [&] { return calls::policy_set(context, wanted); });
}

Answer judge_policy(Console& console, Ask& ask) {
    const auto &id = ask.parts[0], &action = ask.parts[1];
    Context context(console.hub(), ask.scope, {});
    if (action == "return")
        return console.decide(console.entry(ask, "policy return", id), [&] {
            return calls::policy_drop(context, {{"id", id}});
        });
    if (action != "confirm") return problem(404, {"not_found", "没有这个地址", "no such address"});
    auto entry = console.entry(ask, "policy confirm", id);
    if (!ask.person.has(Role::policy_approver)) {
        entry.result = "role_missing";
        console.audit(std::move(entry));
        return role_missing();
    }
    return console.decide(std::move(entry), [&] {
        return calls::policy_confirm(context, {{"id", id}, {"officer_id", ask.person.account.account}});
    });
}

}  // namespace imloop::hub
