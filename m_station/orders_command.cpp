#include "m_station/orders_command.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iostream>

#include "loop/record/uuid.hpp"
#include "m_station/order_list.hpp"
#include "station/claims.hpp"
#include "station/ids.hpp"
#include "station/page/words.hpp"

namespace imloop::m_station {
namespace {

using namespace station;
using nlohmann::json;
using page::Lang;
using page::Language;

constexpr int not_right = 2;
constexpr Language zh{Lang::zh}, en{Lang::en};

struct Options {
    std::string list, id;
    bool all = false, as_json = false;
};

/// What the hub says now, else what was kept; nothing where there is neither, which is then said.
std::optional<HubView> view_of(const Config& config) {
    HubView view = *kept_view(config);
    if (ask_hub(config, view)) return view;
    if (view.as_of == 0) {
        std::cerr << "没有连上监管中心，本机还没有名单 / the hub is not reached, and no list is kept here\n";
        return std::nullopt;
    }
    std::cerr << "没有连上监管中心，名单截至 " << page::short_time(view.as_of)
              << " / the hub is not reached, the list is of that time\n";
    return view;
}

/// As the numbers of the list count them: what is to be repaired, or everything.
std::vector<const json*> listed(const HubView& view, const Options& o) {
    auto out = orders_of(view, o.list);
    if (!o.all) std::erase_if(out, [](const json* order) { return !is_to_repair(*order); });
    return out;
}

int show(const Context& context, const Options& o) {
    const Config config = context.config();
    const auto view = view_of(config);
    if (!view) return 1;
    const auto orders = listed(*view, o);
    if (o.as_json) {
        json out = json::array();
        for (const auto* order : orders) out.push_back(*order);
        std::cout << out.dump(2) << '\n';
        return 0;
    }
    const auto today = loop::day_of(unix_now());
    std::string list;
    int number = 0;
    for (const auto* order : orders) {
        if (const auto own = order->value("list", ""); own != list) {
            list = own;
            fmt::print("{} / {}\n", list_name(list, zh), list_name(list, en));
        }
        const auto due = order->value("due", "");
        fmt::print("{:>3}  {}  {}{}  {}\n", ++number, plate_words(*order),
                   due.empty() ? "" : due + " " + page::due_text(due, today, zh).text + "  ", failed_words(*order, zh),
                   standing(*order, zh).word);
        fmt::print("     {}  {}{}, {}\n", order->value("episode", ""), failed_words(*order, en),
                   due.empty() ? "" : ", " + page::due_text(due, today, en).text, standing(*order, en).word);
    }
    if (orders.empty()) fmt::print("名单上没有车 / no vehicle is listed\n");
    return 0;
}

/// The failed record that a number of the list or an id means; an id that is on no list (a notice of another county)
/// stands for itself.
std::optional<std::string> failure_of(const HubView& view, const Options& o) {
    if (const auto* order = order_named(view, o.id)) return order->value("fail_record_id", "");
    if (loop::is_uuid7(o.id)) return o.id;
    std::size_t number = 0;
    const auto read = std::from_chars(o.id.data(), o.id.data() + o.id.size(), number);
    const auto orders = listed(view, o);
    if (read.ptr != o.id.data() + o.id.size() || number < 1 || number > orders.size()) return std::nullopt;
    const auto& order = *orders[number - 1];
    fmt::print("{}  {} / {}\n", plate_words(order), failed_words(order, zh), failed_words(order, en));
    return order.value("fail_record_id", "");
}

int claim(const Context& context, const Options& o, const char* action) {
    const Config config = context.config();
    // An id needs no hub: it is written down now and sent when the network returns.
    std::optional<HubView> view = loop::is_uuid7(o.id) ? *kept_view(config) : view_of(config);
    if (!view) return 1;
    const auto failure = failure_of(*view, o);
    if (!failure) {
        std::cerr << "名单上没有“" << o.id << "”，先用 orders 看编号 / not on the list: " << o.id
                  << ", see `orders` for its numbers\n";
        return not_right;
    }
    Outbox outbox = context.outbox(config);
    const auto record = claim_to_write(outbox, config, *failure, action);
    if (!record) {
        std::cout << "以前记过 / written down before\n";
        return 0;
    }
    return submit(outbox, config, record->dump(), {}, std::cout) ? 0 : not_right;
}

}  // namespace

void add_orders(CLI::App& app, Context& context) {
    const auto o = std::make_shared<Options>();
    auto* orders = app.add_subcommand(
        "orders",
        "待修车辆：已到店、选了本店、本县待修；接车或退回。退出码 0 完成，1 没有名单，2 名单上没有这一辆\n"
        "Vehicles to repair: here, chose this shop, in this county; take one in or give it back. Exit code 0 done, "
        "1 no list, 2 not on the list\n\n"
        "  m_station orders\n  m_station orders --list county --json\n  m_station orders take 3\n"
        "  m_station orders give-back 01940000-0000-7000-8000-000000000001");
    orders->require_subcommand(0, 1);
    orders->add_option("--list", o->list, "只看一组 / one group: here, chosen, county")
        ->check(CLI::IsMember({"here", "chosen", "county"}));
    orders->add_flag("--all", o->all, "已修好和已了结的也列出 / those that are repaired or closed too");
    orders->add_flag("--json", o->as_json, "JSON");
    orders->callback([&context, o, orders] {
        if (orders->get_subcommands().empty()) context.code = show(context, *o);
    });
    const auto add = [&](const char* name, const char* what, const char* action) {
        auto* command = orders->add_subcommand(name, what);
        command->add_option("id", o->id, "不合格记录或周期的编号，或 orders 列出的序号 / id, or number of the list")
            ->required();
        command->callback([&context, o, action] { context.code = claim(context, *o, action); });
    };
    add("take",
        "接车：写一条 claim 记录 / take a vehicle in, as a claim record\n\n  m_station orders take 3\n"
        "  m_station orders take 01940000-0000-7000-8000-000000000001",
        "take_in");
    add("give-back", "退回，不在本店修 / give it back\n\n  m_station orders give-back 3", "give_back");
}

}  // namespace imloop::m_station
