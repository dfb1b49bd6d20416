#include "hub/admin/draw.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>
#include <memory>

#include "hub/admin/ask.hpp"
#include "hub/admin/form.hpp"
#include "hub/draw/draw.hpp"
#include "journal/json.hpp"
#include "service/files.hpp"

namespace imloop::hub {
namespace {

using nlohmann::json;

struct DrawOptions {
    std::string id, seed, kinds = "IM", county, officers, out, file;
    int count = 5, random_share_percent = 30, officers_each = 2;
    Form form;
};

int make(Session& session, const DrawOptions& o) {
    json body{{"seed", o.seed},
              {"count", o.count},
              {"kinds", o.kinds},
              {"random_share_percent", o.random_share_percent},
              {"officers_each", o.officers_each}};
    put_given(body, "id", o.id);
    put_given(body, "county", o.county);
    if (!o.officers.empty()) body["officers"] = json_in(o.officers);
    const auto answer = session.ask("draw", body);
    if (answer.status != 200) return fail(answer);
    if (o.out.empty()) return print(answer);
    service::replace_file(o.out, answer.body);
    for (const auto& d : drawn_of(journal::parsed(answer.body)))
        fmt::print("{}  {}  {}\n", d.station_id, d.arm == "random" ? "纯随机 random" : "按风险 risk  ",
                   fmt::join(d.officers, "、"));
    fmt::print("公布文件 / published: {}\n", o.out);
    return 0;
}

int check(const DrawOptions& o) {
    const json document = json_in(o.file);
    if (draw(draw_of(document)) == drawn_of(document)) {
        fmt::print("重算结果相同 / run again, the result is the same\n");
        return 0;
    }
    std::cerr << "重算结果不同，文件或结果被改过 / run again, the result differs: the file was changed\n";
    return 4;
}

}  // namespace

void add_draw(CLI::App& app, const OnCommand& on) {
    const auto o = std::make_shared<DrawOptions>();
    auto* draw_ = app.add_subcommand(
        "draw",
        "双随机检查：按公布的种子抽站点和检查人员，任何人都能重算\nRandom inspection: stations and officers drawn from "
        "a "
        "published seed; anyone can run it again\n\n"
        "  hub draw make --seed 福彩3D-2026-11-20-417 --count 6 --officers officers.json --out draw.json\n"
        "  hub draw check draw.json\n  hub draw yield");
    draw_->require_subcommand(1);
    auto* made = draw_->add_subcommand(
        "make",
        "抽取。officers.json：[{\"officer_id\": \"A01\", \"conflicts\": [\"I610404-01\", \"610428\"]}]\n"
        "Draw. A supervision record of a check names draw_id and draw_arm, so that yields can be measured\n\n"
        "  hub draw make --seed 福彩3D-2026-11-20-417 --count 6 --kinds I --out draw.json");
    made->add_option("--seed", o->seed, "种子：事先公布来源的公开随机数 / public randomness named beforehand")
        ->required();
    made->add_option("--count", o->count, "站点数 / stations")->capture_default_str()->check(CLI::Range(1, 10000));
    made->add_option("--kinds", o->kinds, "站点类别 / kinds of stations: I, M, IM")->capture_default_str();
    made->add_option("--county", o->county, "只在这个县区 / within this county");
    made->add_option("--random-share", o->random_share_percent, "纯随机的份额，% / drawn purely at random, per cent")
        ->capture_default_str()
        ->check(CLI::Range(10, 100));
    made->add_option("--officers", o->officers, "检查人员文件 / file of officers");
    made->add_option("--officers-each", o->officers_each, "每站几人 / officers a station")->capture_default_str();
    made->add_option("--id", o->id, "批次，默认今天 / id of the draw, today by default");
    made->add_option("--out", o->out, "公布文件 / file to publish");
    on(made, [o](Session& s) { return make(s, *o); });

    auto* checked = draw_->add_subcommand("check",
                                          "由公布文件重算；不同时退出码 4 / run a published draw again\n\n"
                                          "  hub draw check draw.json");
    checked->add_option("file", o->file, "公布文件 / published file")->required();
    on(checked, [o](Session&) { return check(*o); });

    auto* yield = draw_->add_subcommand(
        "yield",
        "检查的收获：纯随机、按风险、各规则 / what checks found, by arm and by rule\n\n  hub draw yield --csv");
    o->form.add_to(yield);
    on(yield, [o](Session& s) {
        return print(s.ask("draw_yield", {{"form", o->form.name()}}));
    });
}

}  // namespace imloop::hub
