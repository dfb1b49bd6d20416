#include "hub/accounts/accounts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "hub/accounts/statements.hpp"
#include "hub/ids.hpp"
#include "hub/store/kept_tables.hpp"
#include "journal/digest.hpp"

namespace imloop::hub {
namespace {

using engine::Connection;
using engine::Statement;

constexpr std::size_t account_min = 2, account_max = 32;

Account account_of(const Statement& s) {
    return {s.text(0), s.text(1), s.text(2), s.text(3), s.text(4), s.integer(5), s.integer(6), s.integer(7)};
}

void put(Connection& database, const Account& a) {
    accounts_table.put(database, {a.account, a.name, a.unit, a.password, a.otp_secret, std::to_string(a.otp_used),
                                  std::to_string(a.made_at), std::to_string(a.ended_at)});
}

template <class Change>
void change(Connection& database, std::string_view account, Change change) {
    auto one = account_named(database, account);
    if (!one) return;
    change(*one);
    put(database, *one);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto part = text.substr(0, text.find(','));
        out.emplace_back(part);
        text.remove_prefix(std::min(text.size(), part.size() + 1));
    }
    return out;
}

std::vector<Grant> grants_in(Connection& database, std::string_view condition, const KeptTable::Given& given,
                             Damage damage) {
    std::vector<Grant> out;
    const auto take = [&](const Statement& s) {
        if (const auto role = role_named(s.text(2)))
            out.push_back({s.text(0), s.text(1), *role, split(s.text(3)), s.text(4), s.text(6), s.integer(5),
                           s.integer(7), s.integer(8)});
    };
    grants_table.each(database, condition, given, take, damage);
    return out;
}

void put(Connection& database, const Grant& g) {
    grants_table.put(
        database, {g.grant_id, g.account, std::string(name_of(g.role)), fmt::format("{}", fmt::join(g.counties, ",")),
                   g.proposed_by, std::to_string(g.proposed_at), g.confirmed_by, std::to_string(g.confirmed_at),
                   std::to_string(g.ended_at)});
}

std::optional<Grant> grant_at(Connection& database, std::string_view grant_id) {
    const auto found = grants_in(database, sql::grant_at, {grant_id}, Damage::refused);
    return found.empty() ? std::nullopt : std::optional(found.front());
}

}  // namespace

bool is_account_name(std::string_view name) {
    return name.size() >= account_min && name.size() <= account_max && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

std::optional<Account> account_named(Connection& database, std::string_view account) {
    std::optional<Account> out;
    accounts_table.each(database, sql::account_at, {account}, [&](const Statement& s) { out = account_of(s); });
    return out;
}

std::vector<Account> accounts(Connection& database) {
    std::vector<Account> out;
    accounts_table.each(
        database, sql::accounts_all, {}, [&](const Statement& s) { out.push_back(account_of(s)); }, Damage::left_out);
    return out;
}

void put_account(Connection& database, std::string_view account, std::string_view name, loop::Moment now,
                 std::string_view unit) {
    put(database, Account{std::string(account), std::string(name), std::string(unit), "", "", 0, now, 0});
}

void set_unit(Connection& database, std::string_view account, std::string_view unit) {
    change(database, account, [&](Account& a) { a.unit = unit; });
}

void set_password(Connection& database, std::string_view account, std::string_view kept) {
    change(database, account, [&](Account& a) { a.password = kept; });
}

void end_account(Connection& database, std::string_view account, loop::Moment now) {
    change(database, account, [&](Account& a) { a.ended_at = now; });
    for (const auto* drop : {sql::links_drop, sql::recovery_drop, sql::sessions_drop})
        database.prepare(drop).bind(1, account).run();
    for (const auto& grant : grants_in(database, sql::grants_of, {account}, Damage::left_out))
        end_grant(database, grant.grant_id, now);
}

void begin_second_factor(Connection& database, std::string_view account, std::string_view secret) {
    database.prepare(sql::recovery_drop).bind(1, account).run();
    change(database, account, [&](Account& a) {
        a.otp_secret = secret;
        a.otp_used = 0;
    });
}

void bind_second_factor(Connection& database, const Account& account, std::int64_t step,
                        const std::vector<std::string>& digests) {
    use_otp(database, account.account, step);
    database.prepare(sql::recovery_drop).bind(1, account.account).run();
    std::vector<KeptRow> rows;
    for (const auto& digest : digests) rows.push_back({account.account, digest});
    recovery_table.put(database, rows);
}

void use_otp(Connection& database, std::string_view account, std::int64_t step) {
    change(database, account, [&](Account& a) { a.otp_used = step; });
}

bool use_recovery_code(Connection& database, std::string_view account, std::string_view digest) {
    bool is_there = false;
    recovery_table.each(database, sql::recovery_at, {account, digest}, [&](const Statement&) { is_there = true; });
    database.prepare(sql::recovery_use).bind(1, account).bind(2, digest).run();
    return is_there;
}

std::int64_t recovery_codes_left(Connection& database, std::string_view account) {
    std::int64_t out = 0;
    recovery_table.each(
        database, sql::account_at, {account}, [&](const Statement&) { ++out; }, Damage::left_out);
    return out;
}

std::string token_kept(std::string_view token) { return journal::to_hex(journal::sha256(token)); }

std::string put_link(Connection& database, std::string_view account, loop::Moment now) {
    drop_links(database, account);
    auto token = new_token();
    links_table.put(database, {token_kept(token), std::string(account), std::to_string(now + link_ms)});
    return token;
}

std::optional<Link> link_of(Connection& database, std::string_view token, loop::Moment now) {
    std::optional<Link> out;
    links_table.each(database, sql::link_at, {token_kept(token)}, [&](const Statement& s) {
        out = Link{s.text(1), s.integer(2)};
    });
    // One that ends later than any that is given now was given by a clock that was ahead.
    return out && out->ends_at > now && out->ends_at <= now + link_ms + clocks_apart_ms ? out : std::nullopt;
}

void drop_links(Connection& database, std::string_view account) {
    database.prepare(sql::links_drop).bind(1, account).run();
}

std::vector<Grant> grants_of(Connection& database, std::string_view account) {
    return grants_in(database, sql::grants_of, {account}, Damage::refused);
}

std::vector<Grant> grants(Connection& database) { return grants_in(database, sql::grants_all, {}, Damage::left_out); }

std::vector<std::pair<std::string, std::string>> damaged_rights(Connection& database) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto* table : {&accounts_table, &grants_table})
        for (auto& key : table->damaged(database)) out.emplace_back(table->name, std::move(key));
    return out;
}

void propose(Connection& database, const Grant& grant) {
    auto fresh = grant;
    fresh.confirmed_by.clear();
    fresh.confirmed_at = fresh.ended_at = 0;
    put(database, fresh);
}

std::optional<std::string> confirm_grant(Connection& database, std::string_view grant_id, std::string_view by,
                                         loop::Moment now) {
    auto grant = grant_at(database, grant_id);
    if (!grant || grant->confirmed_at != 0 || grant->ended_at != 0) return std::nullopt;
    grant->confirmed_by = by;
    grant->confirmed_at = now;
    put(database, *grant);
    return grant->account;
}

std::optional<std::string> end_grant(Connection& database, std::string_view grant_id, loop::Moment now) {
    auto grant = grant_at(database, grant_id);
    if (!grant || grant->ended_at != 0) return std::nullopt;
    grant->ended_at = now;
    put(database, *grant);
    return grant->account;
}

bool conflicts(const std::vector<Grant>& has, Role wanted) {
    return std::ranges::any_of(has,
                               [&](const Grant& grant) { return grant.ended_at == 0 && conflict(grant.role, wanted); });
}

bool has_bound_admin(Connection& database) {
    const auto everyone = accounts(database);
    const auto all = grants(database);
    return std::ranges::any_of(all, [&](const Grant& grant) {
        if (grant.role != Role::system_admin || !grant.is_in_force()) return false;
        const auto account = std::ranges::find(everyone, grant.account, &Account::account);
        return account != everyone.end() && account->is_bound();
    });
}

}  // namespace imloop::hub
