#include "hub/console/routes.hpp"

#include <algorithm>

#include "hub/api/lists.hpp"

namespace imloop::hub {
namespace {

using enum ConsoleAsker;
using enum Role;

constexpr RoleSet none;
/// Totals, counties and stations' figures.
constexpr RoleSet business{viewer, officer, acceptor, receiver, checker, policy, policy_approver};

template <Listed (*list)(Console&, Ask&)>
Answer listed(Console& console, Ask& ask) {
    auto out = list(console, ask);
    return out.refusal ? std::move(*out.refusal) : list_answer(out.body, ask.request.http);
}

constexpr ConsoleRoute table[] = {
    {"GET", "/sign-in-options", anyone, none, sign_in_options},
    {"POST", "/setup", anyone, none, setup_person},
    {"POST", "/sessions", anyone, none, sign_in},
    {"GET", "/sessions", signed_in, none, list_sessions},
    {"DELETE", "/sessions/{id}", beginner, none, sign_out},
    {"GET", "/me", beginner, none, show_me},
    {"POST", "/me/password", signed_in, none, change_password},
    {"POST", "/me/second-factor", beginner, none, begin_binding},
    {"PUT", "/me/second-factor", beginner, none, finish_binding},
    {"GET", "/overview", role, business, show_overview},
    {"GET", "/counties", role, business, listed<list_counties>},
    {"GET", "/counties/{code}", role, business, show_county},
    {"GET", "/stations", role, business, listed<list_stations>},
    {"GET", "/non-returns", role, vehicle_roles, listed<list_non_returns>},
    {"GET", "/rules", role, business, list_rules},
    {"GET", "/flags", role, casework_roles, listed<list_flags>},
    {"GET", "/flags/{id}", role, casework_roles, show_flag},
    {"POST", "/flags/{id}/decisions", role, {officer}, decide_flag},
    {"GET", "/cases", role, casework_roles, listed<list_cases>},
    {"POST", "/cases", role, {officer}, open_case},
    {"GET", "/cases/{no}", role, casework_roles, show_case},
    {"POST", "/cases/{no}/actions", role, casework_roles, take_case_step},
    {"GET", "/officers", role, casework_roles, list_officers},
    {"GET", "/holds", role, casework_roles, list_holds},
    {"POST", "/holds/{record_id}/decisions", role, {officer}, decide_hold},
    {"GET", "/exports/counties.csv", role, business, export_counties},
    {"GET", "/exports/stations.csv", role, business, export_stations},
    {"GET", "/exports/non-returns.csv", role, vehicle_roles, export_non_returns},
    {"GET", "/exports/flags.csv", role, casework_roles, export_flags},
    {"GET", "/exports/cases.csv", role, casework_roles, export_cases},
    {"GET", "/exports/counties.xlsx", role, business, export_counties},
    {"GET", "/exports/stations.xlsx", role, business, export_stations},
    {"GET", "/exports/non-returns.xlsx", role, vehicle_roles, export_non_returns},
    {"GET", "/exports/flags.xlsx", role, casework_roles, export_flags},
    {"GET", "/exports/cases.xlsx", role, casework_roles, export_cases},
    {"GET", "/exports/counties.pdf", role, business, export_counties},
    {"GET", "/exports/stations.pdf", role, business, export_stations},
    {"GET", "/exports/non-returns.pdf", role, vehicle_roles, export_non_returns},
    {"GET", "/exports/flags.pdf", role, casework_roles, export_flags},
    {"GET", "/exports/cases.pdf", role, casework_roles, export_cases},
    {"GET", "/alarms", role, casework_roles, list_alarms},
    {"POST", "/vehicle-searches", role, vehicle_roles, search_vehicles},
    {"GET", "/records/{id}/vehicle", role, vehicle_roles, show_vehicle},
    {"POST", "/reveals", role, vehicle_roles, reveal},
    {"GET", "/policy", role, business, show_policy},
    {"GET", "/policy/history", role, {policy, policy_approver}, list_policy_lines},
    {"GET", "/policy-changes", role, {policy, policy_approver}, list_policy_changes},
    {"POST", "/policy-changes", role, {policy}, propose_policy},
    {"POST", "/policy-changes/{id}/{action}", role, {policy, policy_approver}, judge_policy},
    {"GET", "/accounts", role, {system_admin, security_admin}, list_accounts},
    {"POST", "/accounts", role, {system_admin}, make_account},
    {"PATCH", "/accounts/{account}", role, {system_admin, security_admin}, change_account},
    {"POST", "/accounts/{account}/grants", role, {system_admin}, propose_grant},
    {"POST", "/grants/{id}/{action}", role, {system_admin, security_admin}, judge_grant},
    {"GET", "/system", role, {system_admin}, show_system},
    {"GET", "/audit", role, {auditor}, list_audit},
    {"POST", "/audit/verifications", role, {auditor}, verify_audit_call},
};

std::string_view next_part(std::string_view& path) {
    path.remove_prefix(1);
    const auto part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size());
    return part;
}

/// Nothing where it is another path.
std::optional<std::vector<std::string>> parts_of(std::string_view pattern, std::string_view path) {
    std::vector<std::string> out;
    while (pattern.starts_with('/') && path.starts_with('/')) {
        const auto wanted = next_part(pattern), given = next_part(path);
        if (wanted.starts_with('{') && !given.empty())
            out.emplace_back(given);
        else if (wanted != given)
            return std::nullopt;
    }
    return pattern.empty() && path.empty() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

std::span<const ConsoleRoute> console_routes() { return table; }

ConsoleMatch console_match(std::string_view method, std::string_view path) {
    ConsoleMatch out;
    for (const auto& route : table) {
        auto parts = parts_of(route.path, path);
        if (!parts) continue;
        out.is_path = true;
        if (route.method != method) continue;
        out.route = &route;
        out.parts = std::move(*parts);
        return out;
    }
    return out;
}

}  // namespace imloop::hub
