#include "i_station/clearance.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "i_station/question.hpp"
#include "loop/json.hpp"
#include "station/http_client.hpp"

namespace imloop::i_station {
namespace {

using nlohmann::json;

int ask(const station::Context& context, const json& vehicle) {
    station::HttpClient client(station::peer_of(context.config()));
    const auto answer =
        client.request("POST", "/api/v1/clearances", {{"Content-Type", "application/json"}}, vehicle.dump());
    if (!answer) {
        std::cerr
            << answer.error().detail()
            << "\n问不到时如仍须复检，请写 override 记录 / where the retest can't wait, write an override record\n";
        return 1;
    }
    const auto body = loop::json_of(answer->body);
    if (answer->status != 200 || !body.is_object()) {
        if (body.is_object())
            std::cerr << body.value("code", "") << ": " << body.value("detail", "") << '\n';
        else
            std::cerr << "HTTP " << answer->status << '\n';
        return 1;
    }
    std::cout << body.dump(2) << '\n';
    const std::string clearance = body.at("clearance");
    return clearance == "repair_required" ? 3 : clearance == "review" ? 4 : 0;
}

}  // namespace

void add_clearance(CLI::App& app, station::Context& context) {
    struct Options {
        std::string vin, plate, plate_kind;
    };
    const auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "clearance",
        "复检前询问：这辆车修过了吗？退出码 0 可以复检，2 填的不是一辆车，3 须先维修，4 待人工核对\n"
        "May this vehicle be retested? Exit code 0 yes, 2 no vehicle is asked for, 3 repair first, 4 to be looked"
        " at\n\n"
        "  i_station clearance --plate 陕D·0T001 --vin LSVAA49J132000017");
    command->add_option("--vin", options->vin, "VIN");
    command->add_option("--plate", options->plate, "号牌 / plate");
    command->add_option("--plate-kind", options->plate_kind, "号牌种类代码 / plate kind, as 02");
    command->callback([&context, options] {
        using station::page::Lang;
        const Typed typed{options->plate, options->vin, options->plate_kind, options->plate};
        const auto question = question_of(typed, {Lang::zh}), english = question_of(typed, {Lang::en});
        for (std::size_t i = 0; i < question.problems.size(); ++i)
            std::cerr << "--" << question.problems[i].field << "：" << question.problems[i].text << " / "
                      << english.problems[i].text << '\n';
        context.code = question.problems.empty() ? ask(context, question.vehicle) : 2;
    });
}

}  // namespace imloop::i_station
