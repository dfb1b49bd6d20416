#include "i_station/choice.hpp"

#include <iostream>

#include "i_station/shops.hpp"
#include "station/own_records.hpp"

namespace imloop::i_station {

using namespace station::page;
using nlohmann::json;

namespace {

int choose(const station::Context& context, const std::string& failure, const std::string& shop) {
    const auto config = context.config();
    auto outbox = context.outbox(config);
    const auto record = json::parse(outbox.line_of(failure), nullptr, false);
    if (!record.is_object() || record.value("verdict", "") != "fail") {
        std::cerr << "本站没有这条不合格记录 / this station has no such failed test: " << failure << '\n';
        return 2;
    }
    return station::submit(outbox, config, station::claim_of(config, failure, "choose", shop).dump(), {}, std::cout)
               ? 0
               : 2;
}

}  // namespace

void add_choose(CLI::App& app, station::Context& context) {
    struct Words {
        std::string failure, shop;
    };
    const auto words = std::make_shared<Words>();
    auto* command = app.add_subcommand("choose",
                                       "记下车主选的维修站；退出码 0 已保存，2 没有这条记录\n"
                                       "Write down the shop an owner chose; exit code 0 saved, 2 no such record\n\n"
                                       "  i_station choose 01940000-0000-7000-8000-000000000001 M610404-03");
    command->add_option("record", words->failure, "不合格记录的编号 / id of the failed record")->required();
    command->add_option("shop", words->shop, "M610404-03")->required();
    command->callback([&context, words] { context.code = choose(context, words->failure, words->shop); });
}

Html choice_form(Site& site, const Request& r, const std::string& record_id) {
    const auto& w = r.words;
    const auto view = site.copy().view();
    Html options = html(R"(<option value="">{}</option>)", w("车主还没有选", "not chosen yet"));
    for (const auto& shop :
         shops_by_distance(view->shops, place_of(view->own), site.config().station_id.substr(1, 6))) {
        const auto id = shop.station->value("station_id", "");
        options += html(R"(<option value="{}"{}>{}</option>)", id, id == r.value("chosen") ? Html{" selected"} : Html{},
                        shop.station->value("name", id));
    }
    return html(
        R"(<form method="post" action="/choose"><input type="hidden" name="token" value="{}"><input type="hidden" name="record" value="{}"><label for="shop">{}</label><select id="shop" name="shop" required>{}</select> <button>{}</button>{}</form>)",
        site.token, record_id, w("车主选的维修站（由车主决定，可以不选）", "Shop the owner chose (the owner's to say)"),
        options, w("记下", "Write down"),
        r.value("chosen").empty()
            ? Html{}
            : html(R"( <span role="status">{}</span>)",
                   w("已记下，维修站会在待修车辆里看到。", "Written down; the shop will see it.")));
}

Answer chosen(Site& site, const Request& r) {
    const auto record_id = r.value("record"), shop = r.value("shop");
    const auto record = json::parse(site.outbox().line_of(record_id), nullptr, false);
    if (record.is_object() && record.value("verdict", "") == "fail" && !shop.empty())
        if (site.save(station::claim_of(site.config(), record_id, "choose", shop), r.words).empty())
            return see_other("/notice?record=" + record_id + "&chosen=" + shop);
    return see_other("/notice?record=" + record_id);
}

}  // namespace imloop::i_station
