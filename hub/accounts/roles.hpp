// Roles of the bureau's console and what each sees of persons. Roles add up; the three administrators are kept apart
// from each other and from all business (三员).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imloop::hub {

enum class Role : std::uint8_t {
    viewer,
    officer,
    acceptor,
    receiver,
    checker,
    policy,
    policy_approver,
    system_admin,
    security_admin,
    auditor,
};
inline constexpr std::array all_roles{Role::viewer,         Role::officer, Role::acceptor,        Role::receiver,
                                      Role::checker,        Role::policy,  Role::policy_approver, Role::system_admin,
                                      Role::security_admin, Role::auditor};
std::string_view name_of(Role);
std::optional<Role> role_named(std::string_view);
/// Not one of the three administrators.
bool is_business(Role);
/// Whether one person can't have both.
bool conflict(Role, Role);

/// A set of roles.
class RoleSet {
public:
    constexpr RoleSet() = default;
    constexpr RoleSet(std::initializer_list<Role> roles) {
        for (const auto role : roles) bits_ |= 1U << static_cast<unsigned>(role);
    }
    constexpr bool has(Role role) const { return (bits_ >> static_cast<unsigned>(role) & 1U) != 0; }

private:
    std::uint32_t bits_ = 0;
};

/// What a role sees of plates, VINs and telephones: `none` masked, `reason` in full where a reason is stated, `logged`
/// in full at once; what is seen in full stands in the audit log.
enum class Personal : std::uint8_t { none, reason, logged };
std::string_view name_of(Personal);
Personal personal_of(Role);

}  // namespace imloop::hub
