#include "hub/accounts/roles.hpp"

#include <algorithm>

namespace imloop::hub {

std::string_view name_of(Role role) {
    constexpr std::string_view names[] = {"viewer", "officer",         "acceptor",     "receiver",       "checker",
                                          "policy", "policy_approver", "system_admin", "security_admin", "auditor"};
    return names[static_cast<int>(role)];
}

std::optional<Role> role_named(std::string_view name) {
    const auto* found = std::ranges::find(all_roles, name, [](Role role) { return name_of(role); });
    return found == all_roles.end() ? std::nullopt : std::optional(*found);
}

bool is_business(Role role) {
    return role != Role::system_admin && role != Role::security_admin && role != Role::auditor;
}

bool conflict(Role a, Role b) { return a != b && !(is_business(a) && is_business(b)); }

std::string_view name_of(Personal personal) {
    constexpr std::string_view names[] = {"none", "reason", "logged"};
    return names[static_cast<int>(personal)];
}

Personal personal_of(Role role) {
    if (role == Role::receiver) return Personal::logged;
    return role == Role::officer || role == Role::acceptor ? Personal::reason : Personal::none;
}

}  // namespace imloop::hub
