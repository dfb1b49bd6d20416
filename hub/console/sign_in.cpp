// Signing in and out, and the one-time links by which accounts get their first password.
#include <algorithm>

#include "hub/accounts/password.hpp"
#include "hub/accounts/second_factor.hpp"
#include "hub/answers.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"
#include "hub/ids.hpp"

namespace imloop::hub {
namespace {

using engine::Connection;
using nlohmann::json;

/// An empty token ends it.
Answer with_cookie(Answer answer, const std::string& token, bool is_plain) {
    const std::string name(is_plain ? plain_cookie : session_cookie);
    answer.headers.emplace_back("Set-Cookie", name + "=" + token + "; Path=/; " + (is_plain ? "" : "Secure; ") +
                                                  "HttpOnly; SameSite=Strict" + (token.empty() ? "; Max-Age=0" : ""));
    return answer;
}

Answer begin(Connection& database, const Ask& ask, const Account& account, loop::Moment now) {
    if (!ask.request.token.empty()) end_session(database, token_kept(ask.request.token));
    drop_over(database, now);
    const auto token = new_token();
    begin_session(database, token, account.account, ask.request.http.peer_address, now);
    return with_cookie(json_answer({{"account", account.account}, {"second_factor", account.is_bound()}}), token,
                       ask.request.is_plain);
}

/// A code of the authenticator or one of the recovery codes, which is used up with this.
bool takes_code(Console& console, Connection& database, const Account& account, const std::string& code) {
    if (!account.is_bound()) return true;  // it can do nothing but set one up
    if (const auto step = step_of_otp(account.otp_secret, code, console.now(), account.otp_used)) {
        use_otp(database, account.account, *step);
        return true;
    }
    return use_recovery_code(database, account.account, console.keyed("recovery", normal_code(code)));
}

Answer link_over() {
    return problem(
        410, {"link_over", "链接已用过或已失效，请再要一个", "the link was used or has ended, ask for a new one"});
}

}  // namespace

Answer sign_in_options(Console& console, Ask&) { return json_answer({{"hub", console.hub().id}}); }

Answer sign_in(Console& console, Ask& ask) {
    const auto typed = ask.text("account"), password = ask.text("password"), code = ask.text("otp");
    const auto name = console.keyed("account", typed);
    const auto now = console.now();
    std::optional<Account> account;
    bool is_locked = false;
    {
        const auto reader = console.hub().readers.now(ask.scope);
        is_locked = tries_of(reader->store.database(), name, now).locked_until != 0;
        if (is_account_name(typed)) account = account_named(reader->store.database(), typed);
    }
    if (is_locked && !console.at_locked.note(ask.request.http.peer_address, now)) return too_many_guesses();
    const bool is_there = account && account->ended_at == 0 && !account->password.empty();
    // Whatever the name and the password are, this takes the same time, and so do the answers below; what is locked
    // is told so at once.
    const bool is_right = !is_locked && password.size() <= password_bytes_max &&
                          is_password(password, is_there ? account->password : password_of_nobody()) && is_there;
    auto tried = console.entry(ask, "sign_in", is_there ? "" : name.substr(0, digest_shown));
    if (is_there) tried.who = typed;
    return console.change(tried, [&](Connection& database) {
        if (const auto tries = tries_of(database, name, now); tries.locked_until != 0) return locked(tries);
        const auto fresh = is_right ? account_named(database, typed) : std::nullopt;
        if (!fresh || fresh->password != account->password || !takes_code(console, database, *fresh, code)) {
            const auto tries = note_failure(database, name, now);
            if (tries.locked_until != 0) return locked(tries);
            return problem_with(
                401, {"sign_in_failed", "账号、密码或验证码有一项不对", "account, password or code is not right"},
                {{"tries_left", tries.left}});
        }
        forget_failures(database, name);
        return begin(database, ask, *fresh, now);
    });
}

Answer setup_person(Console& console, Ask& ask) {
    const auto token = ask.text("token"), password = ask.text("password");
    std::optional<Link> link;
    std::optional<Account> invited;
    {
        const auto reader = console.hub().readers.now(ask.scope);
        link = link_of(reader->store.database(), token, console.now());
        if (link) invited = account_named(reader->store.database(), link->account);
    }
    if (!link) return link_over();
    if (password.empty())
        return json_answer({{"account", link->account},
                            {"name", invited ? invited->name : ""},
                            {"ends_at", loop::format_moment(link->ends_at)}});
    const auto account = invited ? invited->account : ask.text("account");
    const auto name = invited ? invited->name : ask.text("name");
    if (!is_account_name(account)) return account_unfit();
    if (!invited)
        if (auto refusal = unfit_text(ask, "name", 1, 40)) return std::move(*refusal);
    if (const auto why = password.size() > password_bytes_max ? std::optional<std::string_view>("too_long")
                                                              : too_easy(password, account, name))
        return problem_with(422, {"password_unfit", "密码太容易猜", "the password is too easy to guess"},
                            {{"pointer", "/password"}, {"why", *why}});
    const auto kept = password_kept(password);
    auto made = console.entry(ask, "setup", account);
    made.who = account;
    return console.change(made, [&](Connection& database) {
        const auto now = console.now();
        if (!link_of(database, token, now)) return link_over();
        if (!invited) {
            // It was made before the first administrator had come.
            if (has_bound_admin(database)) return link_over();
            if (account_named(database, account)) return account_exists();
            put_account(database, account, name, now);
            const Grant admin{new_uuid7(now), account, Role::system_admin, {}, "shell", {}, now};
            propose(database, admin);
            confirm_grant(database, admin.grant_id, "shell", now);
        }
        drop_links(database, link->account);
        set_password(database, account, kept);
        end_sessions(database, account);
        const auto fresh = account_named(database, account).value();
        // The link stands for the password alone: who has a second factor signs in with it.
        if (fresh.is_bound()) return json_answer({{"account", account}, {"second_factor", true}});
        return begin(database, ask, fresh, now);
    });
}

/// `all` ends every session of one's own, `this` the one that asks.
Answer sign_out(Console& console, Ask& ask) {
    const auto& which = ask.parts[0];
    const auto& own = ask.person.session;
    const auto left = [&] { return with_cookie(json_answer(json::object()), "", ask.request.is_plain); };
    return console.change(console.entry(ask, "sign_out", which), [&](Connection& database) {
        if (which == "all") {
            end_sessions(database, own.account);
            return left();
        }
        const auto mine = sessions_of(database, own.account, console.now());
        const auto session = which == "this" ? own.session : which;
        if (std::ranges::find(mine, session, &SignedIn::session) == mine.end())
            return problem(404, {"not_found", "没有这个会话", "no such session"});
        end_session(database, session);
        return session == own.session ? left() : json_answer(json::object());
    });
}

Answer list_sessions(Console& console, Ask& ask) {
    const auto reader = console.hub().readers.now(ask.scope);
    json items = json::array();
    for (const auto& one : sessions_of(reader->store.database(), ask.person.account.account, console.now()))
        items.push_back({{"session_id", one.session},
                         {"address", one.address},
                         {"began_at", loop::format_moment(one.began_at)},
                         {"seen_at", loop::format_moment(one.seen_at)},
                         {"is_this", one.session == ask.person.session.session}});
    return json_answer({{"items", std::move(items)}});
}

}  // namespace imloop::hub
