#include "station/page/scanned.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/written/text.hpp"

namespace imloop::station::page {
namespace {

constexpr std::size_t id_places = 36, vin_places = 17;

/// Scanners of keyboards in capitals or full width write the same code.
std::string code_text(std::string_view written) { return loop::lower(loop::half_width(loop::trimmed(written))); }

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// `01940000-0000-7000-8000-000000000001`.
bool is_id(std::string_view text) {
    if (text.size() != id_places) return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !is_hex(text[i])) return false;
    return true;
}

/// A notice's code, or a part of it, or more than it.
bool looks_like_id(std::string_view text) {
    return text.find('-') != std::string_view::npos && text.size() >= 10 &&
           std::ranges::all_of(text, [](char c) { return is_hex(c) || c == '-'; });
}

Scanned refused(loop::Words why) { return {Scanned::Kind::refused, {}, std::move(why), {}}; }

Scanned judged(Scanned::Kind kind, const loop::Judgement& j) {
    if (j.fit == loop::Fit::refused) return refused(loop::judgement_words(j.code));
    return {kind, j.value, j.fit == loop::Fit::doubtful ? loop::judgement_words(j.code) : loop::Words{}, j.code};
}

}  // namespace

loop::Words vin_alone_refusal(const loop::Judgement& vin) {
    if (vin.code == "vin_length") {
        const auto places = loop::normal_vin(vin.value).size();
        return {fmt::format("{} {} 位，VIN 应为 17 位。", places < vin_places ? "只有" : "有", places),
                fmt::format("{} characters; a VIN has 17.", places)};
    }
    return vin.code == "vin_placeholder" || vin.code == "vin_characters" ? loop::judgement_words(vin.code)
                                                                         : loop::Words{};
}

Scanned judge_scanned(std::string_view written) {
    // Some scanners write before a code what kind it is: `]Q1`, AIM's mark of a QR code.
    constexpr std::size_t aim_places = 3;
    if (written.starts_with(']') && written.size() > aim_places) written.remove_prefix(aim_places);
    const auto text = code_text(written);
    if (text.empty()) return {};
    if (is_id(text)) return {Scanned::Kind::record, text, {}, {}};
    if (looks_like_id(text))
        return refused({"二维码没有读全，请再扫一次。", "The code was not read whole: scan it again."});
    const auto plate = loop::judge_plate(written);
    if (plate.fit == loop::Fit::none)
        return refused({"这里没有车牌：没有上牌的车请输入 VIN。", "No plate: of a vehicle without one type the VIN."});
    const bool may_be_vin =
        plate.fit == loop::Fit::refused && (plate.code == "plate_is_vin" || plate.code == "plate_without_province");
    if (!may_be_vin) return judged(Scanned::Kind::plate, plate);
    if (plate.code == "plate_without_province" && loop::normal_vin(written).size() < vin_places - 2)
        return judged(Scanned::Kind::plate, plate);
    const auto vin = loop::judge_vin(written);
    if (auto why = vin_alone_refusal(vin); !why.zh.empty()) return refused(std::move(why));
    return judged(Scanned::Kind::vin, vin);
}

}  // namespace imloop::station::page
