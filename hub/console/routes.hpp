// The console's calls: one table of method, path, who may ask, and the function that answers.
#pragma once

#include <span>
#include <string_view>

#include "hub/console/console.hpp"

namespace imloop::hub {

/// anyone: without a session. beginner: a session whose second factor need not be set up yet. signed_in: whatever its
/// roles. role: one of the row's.
enum class ConsoleAsker : std::uint8_t { anyone, beginner, signed_in, role };

/// Who sees single vehicles and records, and who sees single vehicles.
inline constexpr RoleSet casework_roles{Role::officer, Role::acceptor, Role::receiver, Role::checker};
inline constexpr RoleSet vehicle_roles{Role::officer, Role::acceptor, Role::receiver};

struct ConsoleRoute {
    std::string_view method;
    std::string_view path;  ///< as console.yaml writes it, behind /api/v1
    ConsoleAsker asker;
    RoleSet roles;
    Answer (*call)(Console&, Ask&);
};
std::span<const ConsoleRoute> console_routes();

/// A list, which its call gives by pages and its file whole: `items` and what they hang on; or why it is not given.
struct Listed {
    Listed(nlohmann::json of) : body(std::move(of)) {}
    Listed(Answer why) : refusal(std::move(why)) {}
    nlohmann::json body;
    std::optional<Answer> refusal = {};
};

struct ConsoleMatch {
    const ConsoleRoute* route = nullptr;  ///< none: `is_path` says whether another method has the path
    bool is_path = false;
    std::vector<std::string> parts;
};
ConsoleMatch console_match(std::string_view method, std::string_view path);

// hub/console/: sign_in.cpp
Answer sign_in_options(Console&, Ask&);
Answer setup_person(Console&, Ask&);
Answer sign_in(Console&, Ask&);
Answer sign_out(Console&, Ask&);
Answer list_sessions(Console&, Ask&);
// me.cpp
Answer show_me(Console&, Ask&);
Answer change_password(Console&, Ask&);
Answer begin_binding(Console&, Ask&);
Answer finish_binding(Console&, Ask&);
// people.cpp
Answer list_accounts(Console&, Ask&);
Answer make_account(Console&, Ask&);
Answer change_account(Console&, Ask&);
Answer propose_grant(Console&, Ask&);
Answer judge_grant(Console&, Ask&);
// audit_calls.cpp
Answer list_audit(Console&, Ask&);
Answer verify_audit_call(Console&, Ask&);
// counties.cpp
Answer show_overview(Console&, Ask&);
Listed list_counties(Console&, Ask&);
Answer show_county(Console&, Ask&);
// stations.cpp
Listed list_stations(Console&, Ask&);
// vehicles.cpp
Listed list_non_returns(Console&, Ask&);
Answer search_vehicles(Console&, Ask&);
Answer show_vehicle(Console&, Ask&);
Answer reveal(Console&, Ask&);
// flags.cpp
Listed list_flags(Console&, Ask&);
Answer show_flag(Console&, Ask&);
Answer decide_flag(Console&, Ask&);
Answer list_rules(Console&, Ask&);
// cases.cpp
Listed list_cases(Console&, Ask&);
Answer show_case(Console&, Ask&);
Answer list_officers(Console&, Ask&);
Answer open_case(Console&, Ask&);
Answer take_case_step(Console&, Ask&);
// holds.cpp
Answer list_holds(Console&, Ask&);
Answer decide_hold(Console&, Ask&);
// exports.cpp
Answer export_counties(Console&, Ask&);
Answer export_stations(Console&, Ask&);
Answer export_non_returns(Console&, Ask&);
Answer export_flags(Console&, Ask&);
Answer export_cases(Console&, Ask&);
// policies.cpp
Answer show_policy(Console&, Ask&);
Answer list_policy_lines(Console&, Ask&);
Answer list_policy_changes(Console&, Ask&);
Answer propose_policy(Console&, Ask&);
Answer judge_policy(Console&, Ask&);
// system.cpp
Answer list_alarms(Console&, Ask&);
Answer show_system(Console&, Ask&);

}  // namespace imloop::hub
