// Accounts of the bureau's console with their grants, recovery codes and one-time links, as they stand in the store.
// Functions that change something run in the writer's transaction; none of them audits. A row that is not what was
// written gives no right: who asks for it gets DamagedRow, and lists leave it out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/engine.hpp"
#include "hub/accounts/scope.hpp"
#include "loop/time.hpp"

namespace imloop::hub {

/// Clocks of several hubs differ by no more. What is marked further in the future was marked by a clock that was ahead,
/// and has ended.
inline constexpr loop::Moment clocks_apart_ms = 5 * 60'000;
inline constexpr loop::Moment link_ms = loop::day_ms;  ///< how long a one-time link may be used

struct Account {
    std::string account;   ///< as it signs in: a to z, 0 to 9, `-`; 2 to 32 of them
    std::string name;      ///< of the person
    std::string unit;      ///< of which they are, a code of codes/unit; empty: of none
    std::string password;  ///< password_kept(); empty until the link was used
    std::string otp_secret;
    std::int64_t otp_used = 0;  ///< the last step whose code was taken; 0: the second factor is not set up
    loop::Moment made_at = 0, ended_at = 0;
    bool is_bound() const { return otp_used > 0; }
};
bool is_account_name(std::string_view);

std::optional<Account> account_named(engine::Connection&, std::string_view account);
std::vector<Account> accounts(engine::Connection&);
/// Without password; its first link sets one.
void put_account(engine::Connection&, std::string_view account, std::string_view name, loop::Moment now,
                 std::string_view unit = {});
void set_unit(engine::Connection&, std::string_view account, std::string_view unit);
void set_password(engine::Connection&, std::string_view account, std::string_view kept);
/// Sessions, links, grants and recovery codes end with it.
void end_account(engine::Connection&, std::string_view account, loop::Moment now);

/// A new secret that is not set up yet; former recovery codes are gone.
void begin_second_factor(engine::Connection&, std::string_view account, std::string_view secret);
/// It is set up, and these are the digests of its recovery codes.
void bind_second_factor(engine::Connection&, const Account&, std::int64_t step,
                        const std::vector<std::string>& digests);
void use_otp(engine::Connection&, std::string_view account, std::int64_t step);
/// Whether there was such a code; there is none any more.
bool use_recovery_code(engine::Connection&, std::string_view account, std::string_view digest);
std::int64_t recovery_codes_left(engine::Connection&, std::string_view account);

/// The token of a link that may be used once; former links of the account are gone.
std::string put_link(engine::Connection&, std::string_view account, loop::Moment now);
struct Link {
    std::string account;
    loop::Moment ends_at = 0;
};
std::optional<Link> link_of(engine::Connection&, std::string_view token, loop::Moment now);
void drop_links(engine::Connection&, std::string_view account);

std::vector<Grant> grants_of(engine::Connection&, std::string_view account);
std::vector<Grant> grants(engine::Connection&);
/// What accounts() and grants() leave out: tables and keys.
std::vector<std::pair<std::string, std::string>> damaged_rights(engine::Connection&);
void propose(engine::Connection&, const Grant&);
/// Whose it is; nothing where it does not wait.
std::optional<std::string> confirm_grant(engine::Connection&, std::string_view grant_id, std::string_view by,
                                         loop::Moment now);
std::optional<std::string> end_grant(engine::Connection&, std::string_view grant_id, loop::Moment now);

/// Whether who has these, in force or waiting, can't have this role as well.
bool conflicts(const std::vector<Grant>& has, Role wanted);
/// Whether there is a system administrator whose second factor is set up: others come by an account of theirs then.
bool has_bound_admin(engine::Connection&);

/// SHA-256 of a token, hex: as it is kept.
std::string token_kept(std::string_view token);

}  // namespace imloop::hub
