#include "hub/admin/hold.hpp"

#include <memory>

#include "hub/admin/ask.hpp"
#include "hub/admin/form.hpp"

namespace imloop::hub {
namespace {

struct HoldOptions {
    std::string record_id, station, reason, officer;
    Form form;
};

}  // namespace

void add_hold(CLI::App& app, const OnCommand& on) {
    const auto o = std::make_shared<HoldOptions>();
    auto* hold = app.add_subcommand(
        "hold",
        "被关注站点的可疑合格结果：等几分钟由人决定，到时自动放行（政策的 watched_stations, hold_minutes）\n"
        "Passed results of watched stations that a strong flag speaks against: they wait some minutes for an officer "
        "and "
        "lapse by themselves\n\n"
        "  hub hold list\n  hub hold release 0192… --reason 录像正常 --officer 魏岚");
    hold->require_subcommand(1);
    auto* list = hold->add_subcommand("list", "列出 / list\n\n  hub hold list --station I610404-01 --json");
    list->add_option("--station", o->station, "站点 / station");
    o->form.add_to(list);
    on(list, [o](Session& s) {
        return print(s.ask("holds", {{"station", o->station}, {"form", o->form.name()}}));
    });
    for (const auto& [action, words] :
         {std::pair("release", "放行 / release the result"),
          std::pair("refer", "移交核查，结果仍然有效 / refer for a check; the result stands"),
          std::pair("refuse", "不予认可，通知站点 / refuse the result; the station is told")}) {
        auto* decide = hold->add_subcommand(action, words);
        decide->add_option("record", o->record_id, "记录号 / record")->required();
        decide->add_option("--reason", o->reason, "理由 / reason")->required();
        decide->add_option("--officer", o->officer, "决定人 / officer")->required();
        on(decide, [o, action = std::string(action)](Session& s) {
            return show(s.ask(
                "hold_decide",
                {{"record_id", o->record_id}, {"action", action}, {"reason", o->reason}, {"officer_id", o->officer}}));
        });
    }
}

}  // namespace imloop::hub
