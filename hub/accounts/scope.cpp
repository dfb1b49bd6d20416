#include "hub/accounts/scope.hpp"

#include <set>
#include <utility>

namespace imloop::hub {
namespace {

struct Reach {
    bool is_city = false;
    std::set<std::string, std::less<>> counties;  ///< where it is not the city
    bool operator==(const Reach&) const = default;
};

/// Of the grants that show at least so much of persons.
Reach reach_of(std::span<const Grant> grants, RoleSet roles, Personal least) {
    Reach out;
    for (const auto& grant : grants) {
        if (!grant.is_in_force() || !roles.has(grant.role) || personal_of(grant.role) < least) continue;
        out.is_city = out.is_city || grant.counties.empty();
        out.counties.insert(grant.counties.begin(), grant.counties.end());
    }
    if (out.is_city) out.counties.clear();
    return out;
}

}  // namespace

Scope scope_of(std::span<const Grant> grants, RoleSet roles) {
    auto all = reach_of(grants, roles, Personal::none);
    auto personal = Personal::none;
    for (const auto one : {Personal::reason, Personal::logged})
        if (all != Reach{} && reach_of(grants, roles, one) == all) personal = one;
    return Scope::of_officer(all.is_city, std::move(all.counties), personal);
}

std::string scope_name(const Scope& scope) {
    std::string out(name_of(scope.personal()));
    if (scope.is_city()) return out + " all";
    for (const auto& county : scope.counties()) out += " " + county;
    return out;
}

}  // namespace imloop::hub
