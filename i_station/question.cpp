#include "i_station/question.hpp"

#include "station/page/scanned.hpp"

namespace imloop::i_station {

using station::page::Language;
using station::page::Scanned;

namespace {

std::string in(const loop::Words& words, const Language& w) { return std::string(w(words.zh, words.en)); }

std::string notice_words(const Language& w) {
    return std::string(
        w("这是告知书的二维码，请输入车牌或 VIN。", "That is the code of a notice: type the plate or the VIN."));
}

/// Why the plate's field holds no plate; empty where it does.
std::string plate_problem(const Scanned& plate, const Language& w) {
    switch (plate.kind) {
        case Scanned::Kind::vin:
            return in(loop::judgement_words("plate_is_vin"), w);
        case Scanned::Kind::record:
            return notice_words(w);
        case Scanned::Kind::refused:
            return in(plate.why, w);
        default:
            return {};
    }
}

}  // namespace

Question question_of(const Typed& typed, const Language& w) {
    Question out;
    out.vehicle = nlohmann::json::object();
    if (!typed.plate_kind.empty()) out.vehicle["plate_kind"] = typed.plate_kind;
    const auto vin = loop::judge_vin(typed.vin);
    const bool has_vin = vin.fit == loop::Fit::right || vin.fit == loop::Fit::doubtful;
    const bool no_plate = loop::judge_plate(typed.plate).fit == loop::Fit::none;
    if (station::page::judge_scanned(typed.vin).kind == Scanned::Kind::record)
        out.problems.push_back({"vin", notice_words(w)});
    else if (vin.fit == loop::Fit::refused)
        out.problems.push_back({"vin", in(loop::judgement_words(vin.code), w)});
    else if (const auto why = station::page::vin_alone_refusal(vin); no_plate && has_vin && !why.zh.empty())
        out.problems.push_back({"vin", in(why, w)});
    else if (has_vin)
        out.vehicle["vin"] = vin.value;
    if (vin.fit == loop::Fit::doubtful) out.remark = in(loop::judgement_words(vin.code), w);
    if (no_plate && !has_vin && out.problems.empty()) {
        out.problems.push_back({"plate", std::string(w("请填车牌或 VIN。", "Give a plate or a VIN."))});
    } else if (!no_plate) {
        const auto plate = station::page::judge_scanned(typed.plate);
        if (auto problem = plate_problem(plate, w); !problem.empty()) {
            out.problems.push_back({"plate", std::move(problem)});
        } else if (plate.code == "plate_form" && !has_vin &&
                   station::page::judge_scanned(typed.sure).value != plate.value) {
            out.problems.push_back({"plate", in(plate.why, w) + std::string(w("确实是这样，就再按一次查询。",
                                                                              " If it is so, press Ask once more."))});
            out.sure = plate.value;
        } else {
            out.vehicle["plate"] = plate.value;
            if (!plate.why.zh.empty()) out.remark += (out.remark.empty() ? "" : " ") + in(plate.why, w);
        }
    }
    return out;
}

}  // namespace imloop::i_station
