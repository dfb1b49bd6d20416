#include "hub/admin/console.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "hub/admin/ask.hpp"
#include "journal/json.hpp"

namespace imloop::hub {

using nlohmann::json;

void add_console(CLI::App& app, const OnCommand& on) {
    auto* console = app.add_subcommand("console", "监管页面 / the bureau's console");
    console->require_subcommand(1);
    const auto url = std::make_shared<std::string>();
    auto* link = console->add_subcommand("setup-link",
                                         "第一个系统管理员的一次性链接，24 小时内有效，只能用一次\n"
                                         "A one-time link for the first system administrator, good for 24 hours\n\n"
                                         "  hub console setup-link --url http://127.0.0.1:8480");
    link->add_option("--url", *url, "监管页面的网址，写在链接前面 / the console's address, put before the link");
    on(link, [url](Session& s) {
        const auto answer = s.ask("console_setup_link", json::object());
        if (answer.status != 200) return fail(answer);
        const auto made = journal::parsed(answer.body);
        fmt::print("{}/setup#{}\n", *url, made.at("token").get<std::string>());
        return 0;
    });
    on(console->add_subcommand("unlock",
                               "打开所有锁定的账号：能打开它们的安全管理员自己也锁定时用\n"
                               "Opens every account that is locked: for when the security administrator who could is "
                               "locked as well\n\n  hub console unlock"),
       [](Session& s) { return show(s.ask("console_unlock", json::object())); });
    const auto account = std::make_shared<std::string>();
    auto* confirm = console->add_subcommand("confirm",
                                            "批准一个账号为安全管理员：没有另一位安全管理员能批准时用\n"
                                            "Confirms an account as security administrator: for when there is no "
                                            "other who could\n\n  hub console confirm chenan");
    confirm
        ->add_option("account", *account,
                     "账号，系统管理员已提出授权 / the account, proposed by the system administrator")
        ->required();
    on(confirm, [account](Session& s) { return show(s.ask("console_confirm", {{"account", *account}})); });
    auto* audit = app.add_subcommand("audit", "审计日志 / the audit log");
    audit->require_subcommand(1);
    const auto noted = std::make_shared<std::pair<std::int64_t, std::string>>();
    auto* verify = audit->add_subcommand(
        "verify",
        "核验整条审计链；有一行对不上时指明，退出码 4。末尾少了几行看不出来：记下条数和摘要，下次写在这里一起核对\n"
        "Check the whole chain; names the first line that does not hold, exit code 4. Lines cut off at the end don't "
        "show: note number and head, and give them here the next time\n\n"
        "  hub audit verify\n  hub audit verify --entries 1204 --head 9c1f…");
    auto* entries = verify->add_option("--entries", noted->first, "上次记下的条数 / the number that was noted")
                        ->check(CLI::PositiveNumber);
    auto* head = verify->add_option("--head", noted->second, "上次记下的摘要 / the head that was noted");
    entries->needs(head);
    head->needs(entries);
    on(verify, [noted](Session& s) {
        json asked = json::object();
        if (noted->first > 0) asked = {{"entries", noted->first}, {"head", noted->second}};
        const auto answer = s.ask("audit_verify", asked);
        const int shown = show(answer);
        return shown == 0 && !journal::parsed(answer.body).at("clean").get<bool>() ? 4 : shown;
    });
}

}  // namespace imloop::hub
