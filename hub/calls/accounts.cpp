// The console's accounts, as the shell asks about them: the first administrator's link, ways back in where nobody who
// could open them is left, and the audit log's chain.
#include "hub/accounts/accounts.hpp"

#include <algorithm>

#include "hub/accounts/audit.hpp"
#include "hub/accounts/sessions.hpp"
#include "hub/calls/calls.hpp"

namespace imloop::hub::calls {
namespace {

using nlohmann::json;

AuditEntry by_shell(std::string what, std::string about, loop::Moment now) {
    AuditEntry out;
    out.at = now;
    out.who = "shell";
    out.what = std::move(what);
    out.about = std::move(about);
    out.result = "ok";
    return out;
}

}  // namespace

Answer console_setup_link(Context& c, const json&) {
    return c.hub.writer->done([now = c.now](Store& store, LoopState&) {
        auto& database = store.database();
        if (has_bound_admin(database))
            return problem(409, {"admin_exists", "已经有系统管理员，由他建其他账号",
                                 "there is a system administrator, who makes accounts"});
        put_audit(database, by_shell("setup_link", "", now));
        // Its holder chooses the account's name.
        return json_answer({{"token", put_link(database, "", now)}, {"ends_at", loop::format_moment(now + link_ms)}});
    });
}

Answer console_unlock(Context& c, const json&) {
    return c.hub.writer->done([now = c.now](Store& store, LoopState&) {
        forget_all_failures(store.database());
        put_audit(store.database(), by_shell("unlock", "", now));
        return json_answer(json::object());
    });
}

Answer console_confirm(Context& c, const json& in) {
    const std::string account = in.at("account");
    return c.hub.writer->done([&account, now = c.now](Store& store, LoopState&) {
        auto& database = store.database();
        const auto has = grants_of(database, account);
        const auto waits = std::ranges::find_if(has, [](const Grant& grant) {
            return grant.role == Role::security_admin && grant.confirmed_at == 0 && grant.ended_at == 0;
        });
        if (waits == has.end())
            return problem(404, {"grant_not_found", "这个账号没有等待批准的安全管理员授权",
                                 "this account is not proposed as security administrator"});
        confirm_grant(database, waits->grant_id, "shell", now);
        put_audit(database, by_shell("grant confirm", waits->grant_id, now));
        return json_answer({{"grant_id", waits->grant_id}, {"account", account}});
    });
}

Answer audit_verify(Context& c, const json& in) {
    const auto noted = in.value("entries", std::int64_t{0});
    const auto verdict = verify_audit(c.reader().store.database(), noted);
    const bool noted_holds = noted == 0 || verdict.noted_head == in.at("head").get<std::string>();
    json out{{"entries", verdict.entries}, {"head", verdict.head}, {"clean", !verdict.broken_at && noted_holds}};
    if (verdict.broken_at) out["broken_at"] = *verdict.broken_at;
    if (noted != 0) out["noted_holds"] = noted_holds;
    return json_answer(out);
}

}  // namespace imloop::hub::calls
