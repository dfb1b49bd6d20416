// Rights of an account, and the scope they make for the roles that a call is for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "hub/accounts/roles.hpp"
#include "hub/scope.hpp"
#include "loop/time.hpp"

namespace imloop::hub {

/// A role for some counties, in force from its confirmation to its end.
struct Grant {
    std::string grant_id, account;
    Role role{};
    std::vector<std::string> counties;  ///< empty: the whole city
    std::string proposed_by, confirmed_by;
    loop::Moment proposed_at = 0;
    loop::Moment confirmed_at = 0;  ///< 0: waits
    loop::Moment ended_at = 0;      ///< 0: not ended
    bool is_in_force() const { return confirmed_at != 0 && ended_at == 0; }
};

/// Of the grants in force whose role is one of these; no county where there is none. Of persons it shows what the roles
/// show in all its counties alike.
Scope scope_of(std::span<const Grant>, RoleSet roles);
/// Tells one officer's scope from another's: what a cursor is bound to.
std::string scope_name(const Scope&);

}  // namespace imloop::hub
