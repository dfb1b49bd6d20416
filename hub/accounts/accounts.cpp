#include "hub/accounts/accounts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "hub/accounts/statements.hpp"
#include "hub/ids.hpp"
#include "journal/digest.hpp"

namespace imloop::hub {
namespace {

using engine::Connection;
using engine::Statement;

constexpr std::size_t account_min = 2, account_max = 32;

Account account_of(const Statement& s) {
    return {s.text(0), s.text(1), "", s.text(2), s.text(3), s.integer(4), s.integer(5), s.integer(6)};
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

std::vector<Grant> grants_in(Statement s) {
    std::vector<Grant> out;
    while (s.step())
        if (const auto role = role_named(s.text(2)))
            out.push_back({s.text(0), s.text(1), *role, split(s.text(3)), s.text(4), s.text(6), s.integer(5),
                           s.integer(7), s.integer(8)});
    return out;
}

std::optional<std::string> only_row(Statement& s) {
    std::optional<std::string> out;
    while (s.step()) out = s.text(0);
    return out;
}

}  // namespace

bool is_account_name(std::string_view name) {
    return name.size() >= account_min && name.size() <= account_max && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

std::optional<Account> account_named(Connection& database, std::string_view account) {
    std::optional<Account> out;
    auto s = database.prepare(sql::account_get);
    for (s.bind(1, account); s.step();) out = account_of(s);
    return out;
}

std::vector<Account> accounts(Connection& database) {
    std::vector<Account> out;
    for (auto s = database.prepare(sql::accounts_all); s.step();) out.push_back(account_of(s));
    return out;
}

void put_account(Connection& database, std::string_view account, std::string_view name, loop::Moment now) {
    database.prepare(sql::account_put).bind(1, account).bind(2, name).bind_blob(3, "").bind(4, now).run();
}

void set_password(Connection& database, std::string_view account, std::string_view kept) {
    database.prepare(sql::account_password_put).bind(1, account).bind(2, kept).run();
}

void end_account(Connection& database, std::string_view account, loop::Moment now) {
    database.prepare(sql::account_end).bind(1, account).bind(2, now).run();
    for (const auto* drop : {sql::links_drop, sql::recovery_drop, sql::sessions_drop})
        database.prepare(drop).bind(1, account).run();
    for (const auto& grant : grants_of(database, account))
        if (grant.ended_at == 0) end_grant(database, grant.grant_id, now);
}

void begin_second_factor(Connection& database, std::string_view account, std::string_view secret) {
    database.prepare(sql::recovery_drop).bind(1, account).run();
    database.prepare(sql::account_otp_put).bind(1, account).bind_blob(2, secret).bind(3, std::int64_t{0}).run();
}

void bind_second_factor(Connection& database, const Account& account, std::int64_t step,
                        const std::vector<std::string>& digests) {
    use_otp(database, account.account, step);
    database.prepare(sql::recovery_drop).bind(1, account.account).run();
    database.write_all(sql::recovery_put, digests.size(),
                       [&](Statement& s, std::size_t row) { s.bind(1, account.account).bind(2, digests[row]); });
}

void use_otp(Connection& database, std::string_view account, std::int64_t step) {
    database.prepare(sql::account_otp_use).bind(1, account).bind(2, step).run();
}

bool use_recovery_code(Connection& database, std::string_view account, std::string_view digest) {
    auto s = database.prepare(sql::recovery_use);
    return only_row(s.bind(1, account).bind(2, digest)).has_value();
}

std::int64_t recovery_codes_left(Connection& database, std::string_view account) {
    auto s = database.prepare(sql::recovery_count);
    std::int64_t out = 0;
    for (s.bind(1, account); s.step();) out = s.integer(0);
    return out;
}

std::string token_kept(std::string_view token) { return journal::to_hex(journal::sha256(token)); }

std::string put_link(Connection& database, std::string_view account, loop::Moment now) {
    drop_links(database, account);
    auto token = new_token();
    database.prepare(sql::link_put).bind(1, token_kept(token)).bind(2, account).bind(3, now + link_ms).run();
    return token;
}

std::optional<Link> link_of(Connection& database, std::string_view token, loop::Moment now) {
    std::optional<Link> out;
    auto s = database.prepare(sql::link_get);
    for (s.bind(1, token_kept(token)).bind(2, now); s.step();) out = Link{s.text(0), s.integer(1)};
    // One that ends later than any that is given now was given by a clock that was ahead.
    return out && out->ends_at <= now + link_ms + clocks_apart_ms ? out : std::nullopt;
}

void drop_links(Connection& database, std::string_view account) {
    database.prepare(sql::links_drop).bind(1, account).run();
}

std::vector<Grant> grants_of(Connection& database, std::string_view account) {
    auto s = database.prepare(sql::grants_of);
    s.bind(1, account);
    return grants_in(std::move(s));
}

std::vector<Grant> grants(Connection& database) { return grants_in(database.prepare(sql::grants_all)); }

void propose(Connection& database, const Grant& grant) {
    database.prepare(sql::grant_put)
        .bind(1, grant.grant_id)
        .bind(2, grant.account)
        .bind(3, name_of(grant.role))
        .bind(4, fmt::format("{}", fmt::join(grant.counties, ",")))
        .bind(5, grant.proposed_by)
        .bind(6, grant.proposed_at)
        .run();
}

std::optional<std::string> confirm_grant(Connection& database, std::string_view grant_id, std::string_view by,
                                         loop::Moment now) {
    auto s = database.prepare(sql::grant_confirm);
    return only_row(s.bind(1, grant_id).bind(2, by).bind(3, now));
}

std::optional<std::string> end_grant(Connection& database, std::string_view grant_id, loop::Moment now) {
    auto s = database.prepare(sql::grant_end);
    return only_row(s.bind(1, grant_id).bind(2, now));
}

bool conflicts(const std::vector<Grant>& has, Role wanted) {
    return std::ranges::any_of(has,
                               [&](const Grant& grant) { return grant.ended_at == 0 && conflict(grant.role, wanted); });
}

bool has_bound_admin(Connection& database) {
    const auto all = grants(database);
    return std::ranges::any_of(all, [&](const Grant& grant) {
        if (grant.role != Role::system_admin || !grant.is_in_force()) return false;
        const auto account = account_named(database, grant.account);
        return account && account->is_bound();
    });
}

}  // namespace imloop::hub
