// Accounts and rights: the system administrator proposes, the security administrator confirms.
#include <algorithm>
#include <map>

#include "hub/answers.hpp"
#include "hub/calls/shown.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "hub/ids.hpp"

namespace imloop::hub {
namespace {

using engine::Connection;
using nlohmann::json;

json moment(loop::Moment at) { return at == 0 ? json(nullptr) : json(loop::format_moment(at)); }

json grant_words(const Grant& grant) {
    return {{"grant_id", grant.grant_id},         {"account", grant.account},
            {"role", name_of(grant.role)},        {"counties", grant.counties},
            {"proposed_by", grant.proposed_by},   {"proposed_at", moment(grant.proposed_at)},
            {"confirmed_by", grant.confirmed_by}, {"confirmed_at", moment(grant.confirmed_at)}};
}

Answer no_such_account() { return problem(404, {"account_not_found", "没有这个账号", "no such account"}); }

Answer link_answer(const std::string& account, const std::string& token, loop::Moment ends_at) {
    return json_answer({{"account", account}, {"token", token}, {"ends_at", loop::format_moment(ends_at)}});
}

/// Not given: the whole city, which is empty here. Nothing where a list is empty or a county not one of the hub's.
std::optional<std::vector<std::string>> counties_in(const Console& console, const json& body) {
    const auto it = body.find("counties");
    if (it == body.end()) return std::vector<std::string>();
    if (!it->is_array() || it->empty()) return std::nullopt;
    const auto policy = console.policy();
    std::vector<std::string> out;
    for (const auto& county : *it) {
        if (!county.is_string() || !policy.inside(county.get<std::string>())) return std::nullopt;
        out.push_back(county);
    }
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

/// None is given, or a known one.
std::optional<Answer> unit_unfit(const std::string& unit) {
    return unit.empty() || calls::is_unit(unit) ? std::nullopt : std::optional(calls::unit_unknown("unit"));
}
Answer grant_in_force() {
    return problem(409, {"grant_in_force", "权限已经批准", "the right is confirmed already"});
}

}  // namespace

Answer list_accounts(Console& console, Ask& ask) {
    const auto reader = console.hub().readers.now(ask.scope);
    auto& database = reader->store.database();
    std::map<std::string, json> by_account;
    for (const auto& grant : grants(database))
        if (grant.ended_at == 0) by_account[grant.account].push_back(grant_words(grant));
    json items = json::array();
    for (const auto& one : accounts(database)) {
        const auto tries = tries_of(database, console.keyed("account", one.account), console.now());
        items.push_back({{"account", one.account},
                         {"name", one.name},
                         {"unit", one.unit},
                         {"made_at", moment(one.made_at)},
                         {"ended_at", moment(one.ended_at)},
                         {"second_factor", one.is_bound()},
                         {"is_locked", tries.locked_until != 0},
                         {"sessions", sessions_of(database, one.account, console.now()).size()},
                         {"grants", by_account.contains(one.account) ? by_account[one.account] : json::array()}});
    }
    json damaged = json::array();
    for (const auto& [table, key] : damaged_rights(database)) {
        console.hub().tell_damage(table, key);
        damaged.push_back({{"table", table}, {"key", key}});
    }
    return json_answer(
        {{"items", std::move(items)}, {"damaged", std::move(damaged)}, {"admins_missing", missing_admins(database)}});
}

Answer make_account(Console& console, Ask& ask) {
    const auto account = ask.text("account");
    if (!is_account_name(account)) return account_unfit();
    if (auto refusal = unfit_text(ask, "name", 1, 40)) return std::move(*refusal);
    if (auto refusal = unit_unfit(ask.text("unit"))) return std::move(*refusal);
    return console.change(console.entry(ask, "account", account), [&](Connection& database) {
        if (account_named(database, account)) return account_exists();
        put_account(database, account, ask.text("name"), console.now(), ask.text("unit"));
        return link_answer(account, put_link(database, account, console.now()), console.now() + link_ms);
    });
}

/// `{action}`: link and end are the system administrator's; reset_second_factor and open the security
/// administrator's; sign_out both's.
Answer change_account(Console& console, Ask& ask) {
    const auto& account = ask.parts[0];
    const auto action = ask.text("action");
    const bool is_system = ask.person.has(Role::system_admin), is_security = ask.person.has(Role::security_admin);
    return console.change(console.entry(ask, action.empty() ? "account" : action, account), [&](Connection& database) {
        const auto one = account_named(database, account);
        if (!one || one->ended_at != 0) return no_such_account();
        if (action == "link") {
            if (!is_system) return role_missing();
            return link_answer(account, put_link(database, account, console.now()), console.now() + link_ms);
        }
        if (action == "end") {
            if (!is_system || account == ask.person.account.account) return role_missing();
            end_account(database, account, console.now());
        } else if (action == "unit") {
            if (!is_system) return role_missing();
            if (auto refusal = unit_unfit(ask.text("unit"))) return std::move(*refusal);
            // Rights were proposed and confirmed for a person of this unit.
            if (std::ranges::any_of(grants_of(database, account), &Grant::is_in_force)) return grant_in_force();
            set_unit(database, account, ask.text("unit"));
        } else if (action == "sign_out") {
            end_sessions(database, account);
        } else if (action == "reset_second_factor") {
            if (!is_security || account == ask.person.account.account) return role_missing();
            begin_second_factor(database, account, "");
            end_sessions(database, account);
        } else if (action == "open") {
            if (!is_security) return role_missing();
            forget_failures(database, console.keyed("account", account));
        } else {
            return problem(
                400, {"unknown_action", "可用 link, end, unit, sign_out, reset_second_factor, open", "use one of these"});
        }
        return json_answer(json::object());
    });
}

Answer propose_grant(Console& console, Ask& ask) {
    const auto& account = ask.parts[0];
    const auto role = role_named(ask.text("role"));
    if (!role) return problem_with(422, {"unknown_role", "没有这个角色", "no such role"}, {{"pointer", "/role"}});
    auto counties = counties_in(console, ask.body);
    if (!counties || (!is_business(*role) && !counties->empty()))
        return problem_with(422,
                            {"county_unfit", "县区应是本中心的；要全市就不写这一项",
                             "counties must be of this hub; for the whole city leave them out"},
                            {{"pointer", "/counties"}});
    const auto what = "grant " + std::string(name_of(*role));
    return console.change(console.entry(ask, what, account), [&](Connection& database) {
        const auto one = account_named(database, account);
        if (!one || one->ended_at != 0) return no_such_account();
        if (conflicts(grants_of(database, account), *role))
            return problem_with(409,
                                {"roles_conflict", "系统、安全、审计管理员之间不能兼任，也不能有业务角色",
                                 "administrators hold one role alone"},
                                {{"pointer", "/role"}});
        const auto missing = missing_admins(database);
        if (is_business(*role) && !missing.empty())
            return problem_with(409,
                                {"admins_missing", "请先建安全管理员和审计员",
                                 "create the security administrator and the auditor first"},
                                {{"roles", missing}});
        const Grant grant{new_uuid7(console.now()),   account, *role,        *counties,
                          ask.person.account.account, {},      console.now()};
        // Nobody could confirm the first security administrator there ever is. Who comes after the last of them is
        // confirmed from the shell.
        const auto all = grants(database);
        const bool is_first = *role == Role::security_admin && std::ranges::none_of(all, [](const Grant& g) {
            return g.role == Role::security_admin && g.confirmed_at != 0;
        });
        propose(database, grant);
        if (is_first) confirm_grant(database, grant.grant_id, ask.person.account.account, console.now());
        return json_answer({{"grant_id", grant.grant_id}, {"waits", !is_first}});
    });
}

Answer judge_grant(Console& console, Ask& ask) {
    const auto &id = ask.parts[0], &action = ask.parts[1];
    const auto& own = ask.person.account.account;
    return console.change(console.entry(ask, "grant " + action, id), [&](Connection& database) {
        const auto all = grants(database);
        const auto grant = std::ranges::find(all, id, &Grant::grant_id);
        if (grant == all.end() || grant->ended_at != 0)
            return problem(404, {"grant_not_found", "没有这项授权，或已结束", "no such grant, or it has ended"});
        if (action == "confirm") {
            if (!ask.person.has(Role::security_admin) || grant->proposed_by == own || grant->account == own)
                return problem(
                    403, {"second_person", "要由另一位安全管理员批准", "another security administrator confirms"});
            if (!confirm_grant(database, id, own, console.now()))
                return grant_in_force();
        } else if (action == "return" || action == "end") {
            if (grant->account == own)
                return problem(403, {"second_person", "不能改自己的权限", "nobody changes rights of their own"});
            end_grant(database, id, console.now());
        } else {
            return problem(404, {"not_found", "可用 confirm, return, end", "use confirm, return or end"});
        }
        return json_answer(json::object());
    });
}

}  // namespace imloop::hub
