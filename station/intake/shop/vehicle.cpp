#include "station/intake/shop/vehicle.hpp"

#include <algorithm>

#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"
#include "station/intake/shop/words.hpp"

namespace imloop::station::intake {
namespace {

using Json = nlohmann::ordered_json;
using loop::Judgement;

/// ASCII letters and digits in a column of plates or VINs: shorter is a plate without its province.
constexpr std::size_t vin_places_least = 8;

std::string without_spaces(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

/// Plate, VIN or both in one column, with a mark between them.
void take_either(ShopReading& reading, std::optional<Judgement>& plate, std::optional<Judgement>& vin) {
    constexpr const char* field = "plate_or_vin";
    const auto said = reading.first(field);
    if (!said) return;
    if (is_formula(said->text)) return reading.refuse(*said->row, field, ShopReading::Kind::word, said->text);
    std::string piece;
    const auto end = [&] {
        const auto normal = loop::normal_text(piece);
        const bool ascii = std::ranges::all_of(normal, [](char c) { return (c & 0x80) == 0; });
        const bool is_vin = ascii && normal.size() >= vin_places_least;
        const auto judgement = is_vin ? loop::judge_vin(piece) : loop::judge_plate(piece);
        auto& to = is_vin ? vin : plate;
        if (to && !normal.empty())
            reading.take(*said->row, field, {loop::Fit::refused, "two_values", said->text, {}});
        else if (reading.take(*said->row, field, judgement))
            to = judgement;
        piece.clear();
    };
    for (const char c : half_width(said->text)) {
        if (std::string_view("/,;| \n").find(c) != std::string_view::npos)
            end();
        else
            piece += c;
    }
    end();
}

template <typename CodeOf>
void put_code(ShopReading& reading, Json& vehicle, const char* field, CodeOf code_of) {
    const auto said = reading.first(field);
    if (!said) return;
    if (const auto found = code_of(said->text))
        vehicle[field] = *found;
    else
        reading.left_out(*said->row, field, said->text);
}

}  // namespace

Json read_vehicle(ShopReading& reading) {
    Json out = Json::object();
    auto vin = reading.judged("vin", loop::judge_vin, loop::normal_vin);
    auto plate = reading.judged("plate", loop::judge_plate, loop::normal_plate);
    take_either(reading, plate, vin);
    if (vin) out["vin"] = without_spaces(vin->value);
    if (plate) out["plate"] = without_spaces(plate->value);
    if (out.empty())
        reading.need(reading.columns.of("plate") != nullptr ? "plate"
                     : reading.columns.of("vin") != nullptr ? "vin"
                                                            : "plate_or_vin");
    put_code(reading, out, "plate_kind", plate_kind);
    put_code(reading, out, "plate_color", plate_color);
    if (plate && !plate->colour.empty() && !out.contains("plate_color")) out["plate_color"] = plate->colour;
    put_code(reading, out, "fuel", fuel);
    if (const auto engine = reading.first("engine_no")) {
        if (is_formula(engine->text) || loop::judge_number(engine->text).fit == loop::Fit::refused)
            reading.left_out(*engine->row, "engine_no", engine->text);
        else
            out["engine_no"] = engine->text;
    }
    return out;
}

}  // namespace imloop::station::intake
