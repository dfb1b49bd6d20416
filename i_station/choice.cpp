#include "i_station/choice.hpp"

#include <iostream>

#include "i_station/shops.hpp"
#include "journal/json.hpp"
#include "station/claims.hpp"
#include "station/page/select.hpp"

namespace imloop::i_station {

using namespace station::page;
using nlohmann::json;

namespace {

int choose(const station::Context& context, const std::string& failure, const std::string& shop) {
    const auto config = context.config();
    auto outbox = context.outbox(config);
    const auto record = journal::parsed_or_discarded(outbox.line_of(failure));
    if (!record.is_object() || record.value("verdict", "") != "fail") {
        std::cerr << "本站没有这条不合格记录 / this station has no such failed test: " << failure << '\n';
        return 2;
    }
    const auto claim = station::claim_to_write(outbox, config, failure, "choose", shop);
    if (!claim) {
        std::cout << "以前记过 / written down before\n";
        return 0;
    }
    return station::submit(outbox, config, claim->dump(), {}, std::cout) ? 0 : 2;
}

}  // namespace

void add_choose(CLI::App& app, station::Context& context) {
    struct Options {
        std::string failure, shop;
    };
    const auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand("choose",
                                       "记下车主选的维修站；退出码 0 已保存，2 没有这条记录\n"
                                       "Write down the shop an owner chose; exit code 0 saved, 2 no such record\n\n"
                                       "  i_station choose 01940000-0000-7000-8000-000000000001 M610404-03");
    command->add_option("record", options->failure, "不合格记录的编号 / id of the failed record")->required();
    command->add_option("shop", options->shop, "M610404-03")->required();
    command->callback([&context, options] { context.code = choose(context, options->failure, options->shop); });
}

Html choice_form(Site& site, const Request& r, const std::string& record_id) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    Choices shops;
    for (const auto& shop :
         shops_by_distance(view->shops, location_of(view->own), site.config().station_id.substr(1, 6))) {
        const auto id = shop.station->value("station_id", "");
        shops.emplace_back(id, shop.station->value("name", id));
    }
    return html(
        R"({}<form method="post" action="/choose"><input type="hidden" name="token" value="{}"><input type="hidden" name="record" value="{}"><input type="hidden" name="turn" value="{}"><label for="shop">{}</label><select id="shop" name="shop" required>{}</select> <button>{}</button></form>)",
        r.told ? told_note(*r.told) : Html{}, site.token, record_id, station::claim_turn(site.outbox(), record_id),
        w("车主选的维修站（由车主决定，可以不选）", "Shop the owner chose (the owner's to say)"),
        options(shops, r.value("shop"), w("车主还没有选", "not chosen yet")), w("记下", "Write down"));
}

Next chosen(Site& site, const Request& r) {
    const auto& w = r.words;
    const auto record_id = r.value("record"), shop = r.value("shop");
    const auto record = journal::parsed_or_discarded(site.outbox().line_of(record_id));
    if (!record.is_object() || record.value("verdict", "") != "fail") return {"/failed"};
    const auto back = "/notice?record=" + record_id;
    if (shop.empty()) return {back};
    const auto claim =
        station::claim_to_write(site.outbox(), site.config(), record_id, "choose", shop, r.value("turn"));
    const auto wrong = claim ? site.save(*claim, w) : std::vector<std::string>();
    if (!wrong.empty()) return {back, Told{Tone::bad, wrong[0], {}, {}}};
    return {back, Told{Tone::good,
                       std::string(w("已记下，维修站会在待修车辆里看到。", "Written down; the shop will see it.")),
                       {},
                       {}}};
}

}  // namespace imloop::i_station
