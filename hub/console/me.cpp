// One's own account: rights, password, second factor.
#include <qrencode.h>

#include <memory>

#include "hub/accounts/password.hpp"
#include "hub/accounts/second_factor.hpp"
#include "hub/answers.hpp"
#include "hub/console/routes.hpp"
#include "hub/console/words.hpp"

namespace imloop::hub {
namespace {

using engine::Connection;
using nlohmann::json;

/// Rows of a QR code, 1 for dark.
json qr(const std::string& text) {
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), QRcode_free);
    if (!code) throw std::runtime_error("no QR code");
    json out = json::array();
    for (int y = 0; y < code->width; ++y) {
        std::string row;
        for (int x = 0; x < code->width; ++x) row += (code->data[y * code->width + x] & 1) != 0 ? '1' : '0';
        out.push_back(std::move(row));
    }
    return out;
}

Answer already_bound() {
    return problem(409, {"already_bound", "验证码已经绑定，重置要由安全管理员做",
                         "the second factor is set up; a security administrator resets it"});
}

}  // namespace

Answer show_me(Console& console, Ask& ask) {
    const auto& person = ask.person;
    const auto reader = console.hub().readers.now(ask.scope);
    auto& database = reader->store.database();
    json roles = json::array();
    for (const auto& grant : person.grants)
        if (grant.is_in_force()) roles.push_back({{"role", name_of(grant.role)}, {"counties", grant.counties}});
    json counties = json::array();
    const auto policy = console.policy();
    for (const auto& code : policy.counties) {
        const auto words = county_words(code);
        counties.push_back({{"county", code}, {"zh", words.zh}, {"en", words.en}});
    }
    return json_answer({{"account", person.account.account},
                        {"name", person.account.name},
                        {"unit", person.account.unit},
                        {"roles", std::move(roles)},
                        {"personal", name_of(scope_of(person.grants, vehicle_roles).personal())},
                        {"counties", std::move(counties)},
                        {"second_factor", person.account.is_bound()},
                        {"recovery_codes_left", recovery_codes_left(database, person.account.account)},
                        {"admins_missing", missing_admins(database)},
                        {"csrf", console.csrf_of(ask.request.token)},
                        {"hub", console.hub().id},
                        {"today", loop::format_day(console.today())}});
}

Answer change_password(Console& console, Ask& ask) {
    const auto& account = ask.person.account;
    const auto next = ask.text("new_password");
    const auto name = console.keyed("account", account.account);
    const bool is_right = is_password(ask.text("password").substr(0, password_bytes_max), account.password);
    const auto why = next.size() > password_bytes_max ? std::optional<std::string_view>("too_long")
                                                      : too_easy(next, account.account, account.name);
    const auto kept = password_kept(next);
    return console.change(console.entry(ask, "password", account.account), [&](Connection& database) {
        if (const auto tries = tries_of(database, name, console.now()); tries.locked_until != 0) return locked(tries);
        if (!is_right) {
            const auto tries = note_failure(database, name, console.now());
            if (tries.locked_until != 0) return locked(tries);
            return problem_with(422, {"password_wrong", "现在的密码不对", "the present password is not right"},
                                {{"pointer", "/password"}});
        }
        if (why)
            return problem_with(422, {"password_unfit", "密码太容易猜", "the password is too easy to guess"},
                                {{"pointer", "/new_password"}, {"why", *why}});
        set_password(database, account.account, kept);
        forget_failures(database, name);
        for (const auto& session : sessions_of(database, account.account, console.now()))
            if (session.session != ask.person.session.session) end_session(database, session.session);
        return json_answer(json::object());
    });
}

Answer begin_binding(Console& console, Ask& ask) {
    const auto& account = ask.person.account;
    if (account.is_bound()) return already_bound();
    const auto secret = new_otp_secret();
    return console.change(console.entry(ask, "second_factor_begun", account.account), [&](Connection& database) {
        begin_second_factor(database, account.account, secret);
        const auto uri = otp_uri(secret, "IMLoop", account.account);
        return json_answer({{"secret", base32(secret)}, {"uri", uri}, {"qr", qr(uri)}});
    });
}

Answer finish_binding(Console& console, Ask& ask) {
    const auto codes = new_recovery_codes();
    return console.change(console.entry(ask, "second_factor", ask.person.account.account), [&](Connection& database) {
        const auto account = account_named(database, ask.person.account.account).value();
        if (account.is_bound()) return already_bound();
        const auto step = account.otp_secret.empty()
                              ? std::nullopt
                              : step_of_otp(account.otp_secret, ask.text("otp"), console.now(), 0);
        if (!step)
            return problem_with(422,
                                {"otp_wrong", "验证码不对，看看手机的时间", "not the code; check the phone's clock"},
                                {{"pointer", "/otp"}});
        std::vector<std::string> digests;
        for (const auto& code : codes) digests.push_back(console.keyed("recovery", normal_code(code)));
        bind_second_factor(database, account, *step, digests);
        return json_answer({{"recovery_codes", codes}});
    });
}

}  // namespace imloop::hub
