#include "hub/accounts/sessions.hpp"

#include <algorithm>

#include "hub/accounts/accounts.hpp"
#include "hub/accounts/statements.hpp"
#include "hub/store/kept_tables.hpp"

namespace imloop::hub {
namespace {

using engine::Connection;
using engine::Statement;

SignedIn signed_in(const Statement& s) { return {s.text(0), s.text(1), s.text(2), s.integer(3), s.integer(4)}; }

void put(Connection& database, const SignedIn& one) {
    sessions_table.put(
        database, {one.session, one.account, one.address, std::to_string(one.began_at), std::to_string(one.seen_at)});
}

std::optional<SignedIn> session_at(Connection& database, std::string_view session) {
    std::optional<SignedIn> out;
    sessions_table.each(database, sql::session_at, {session}, [&](const Statement& s) { out = signed_in(s); });
    return out;
}

bool is_over(const SignedIn& one, loop::Moment now) {
    return now >= one.began_at + session_ms || now >= one.seen_at + session_idle_ms ||
           one.seen_at > now + clocks_apart_ms;
}

bool is_of_clock_ahead(loop::Moment locked_until, loop::Moment now) {
    return locked_until != for_good && locked_until > now + lock_ms + clocks_apart_ms;
}

struct Failures {
    std::int64_t in_a_row = 0, day = 0, on_day = 0;
    loop::Moment locked_until = 0;
};

/// Where how often is not known any more, until an administrator opens it.
Failures failures_of(Connection& database, std::string_view name_digest, loop::Moment now) try {
    Failures out{0, loop::day_of(now), 0, 0};
    failed_table.each(database, sql::failed_at, {name_digest}, [&](const Statement& s) {
        out.in_a_row = s.integer(1);
        out.on_day = s.integer(2) == out.day ? s.integer(3) : 0;
        out.locked_until = is_of_clock_ahead(s.integer(4), now) ? 0 : s.integer(4);
    });
    return out;
} catch (const DamagedRow&) {
    return {0, loop::day_of(now), 0, for_good};
}

Tries tries_in(const Failures& failures, loop::Moment now) {
    if (failures.locked_until > now) return {0, failures.locked_until};
    const auto row = failures.in_a_row % failures_in_a_row_max;
    return {std::min(failures_in_a_row_max - row, std::max<std::int64_t>(1, failures_on_day_max - failures.on_day)), 0};
}

}  // namespace

void begin_session(Connection& database, std::string_view token, std::string_view account, std::string_view address,
                   loop::Moment now) {
    put(database, {token_kept(token), std::string(account), std::string(address), now, now});
}

std::optional<SignedIn> session_of(Connection& database, std::string_view token, loop::Moment now) {
    auto out = session_at(database, token_kept(token));
    return out && !is_over(*out, now) ? out : std::nullopt;
}

std::vector<SignedIn> sessions_of(Connection& database, std::string_view account, loop::Moment now) {
    std::vector<SignedIn> out;
    const auto take = [&](const Statement& s) {
        if (auto one = signed_in(s); !is_over(one, now)) out.push_back(std::move(one));
    };
    sessions_table.each(database, sql::sessions_of, {account}, take, Damage::left_out);
    return out;
}

void note_seen(Connection& database, std::string_view session, loop::Moment now) {
    auto one = session_at(database, session);
    if (!one) return;
    one->seen_at = now;
    put(database, *one);
}

void end_session(Connection& database, std::string_view session) {
    database.prepare(sql::session_drop).bind(1, session).run();
}

void end_sessions(Connection& database, std::string_view account) {
    database.prepare(sql::sessions_drop).bind(1, account).run();
}

void drop_over(Connection& database, loop::Moment now) {
    database.prepare(sql::sessions_over)
        .bind(1, now - session_ms)
        .bind(2, now - session_idle_ms)
        .bind(3, now + clocks_apart_ms)
        .run();
    database.prepare(sql::failed_old).bind(1, std::int64_t{loop::day_of(now)}).bind(2, now).bind(3, for_good).run();
}

Tries tries_of(Connection& database, std::string_view name_digest, loop::Moment now) {
    return tries_in(failures_of(database, name_digest, now), now);
}

Tries note_failure(Connection& database, std::string_view name_digest, loop::Moment now) {
    auto failures = failures_of(database, name_digest, now);
    ++failures.in_a_row;
    ++failures.on_day;
    if (failures.on_day >= failures_on_day_max)
        failures.locked_until = for_good;
    else if (failures.in_a_row % failures_in_a_row_max == 0)
        failures.locked_until = now + lock_ms;
    failed_table.put(database,
                     {std::string(name_digest), std::to_string(failures.in_a_row), std::to_string(failures.day),
                      std::to_string(failures.on_day), std::to_string(failures.locked_until)});
    return tries_in(failures, now);
}

void forget_failures(Connection& database, std::string_view name_digest) {
    database.prepare(sql::failed_drop).bind(1, name_digest).run();
}

void forget_all_failures(Connection& database) { failed_table.clear(database); }

}  // namespace imloop::hub
