#include "loop/written/judgement.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <regex>

#include "loop/vehicle/plate.hpp"
#include "loop/vehicle/text.hpp"
#include "loop/vehicle/vin.hpp"
#include "loop/written/text.hpp"

namespace imloop::loop {
namespace {

constexpr std::size_t vin_places = 17;
constexpr std::size_t two_vins_places = 26;  ///< more than a VIN and a plate's letters can have
constexpr std::size_t judgement_bytes_max = 128;
constexpr std::size_t placeholder_characters = 4;  ///< fewer different ones stand for nothing (docs/identity.md)

bool is_ascii_letter_or_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

bool is_spreadsheet_error(std::string_view text) {
    constexpr std::array<std::string_view, 9> words{"#REF!", "#N/A",   "#VALUE!", "#DIV/0!", "#NAME?",
                                                    "#NUM!", "#NULL!", "#SPILL!", "#CALC!"};
    if (text.size() >= 2 && text.find_first_not_of('#') == std::string_view::npos) return true;
    return std::ranges::find(words, text) != words.end();
}

/// As spreadsheets and programs write a long number that they hold as a floating one: 6.1E17, 6.10E+17, 6E17,
/// 61040426.0.
bool is_rounded(const std::string& text) {
    static const std::regex scientific(R"(\d+\.\d*E[+-]?\d{1,3}|\d+E[+-]\d{1,3}|\dE\d{2,3})"), decimal(R"(\d{3,}\.0+)");
    return std::regex_match(text, scientific) || std::regex_match(text, decimal);
}

/// What makes any field's words unusable, whatever they are meant to be; empty where nothing does.
std::string_view fault_of_any(const std::string& half) {
    if (half.find("\xEF\xBF\xBD") != std::string::npos) return "damaged";
    if (half.size() > judgement_bytes_max) return "too_long";
    const auto big = upper(half);
    if (is_spreadsheet_error(big)) return "spreadsheet_error";
    if (is_rounded(big)) return "rounded_number";
    if (big.find("://") != std::string::npos || big.starts_with("WWW.")) return "address";
    if (std::ranges::any_of(half, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
        return "control_characters";
    return {};
}

std::size_t ascii_places(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, is_ascii_letter_or_digit));
}

/// How many plates begin in a normal form: a province's character with a letter behind it.
std::size_t plates_in(std::string_view normal) {
    constexpr std::size_t character = 3;  // bytes of one in UTF-8
    std::size_t count = 0;
    for (std::size_t at = 0; at + character < normal.size(); ++at) {
        const auto head = normal.substr(at, character + 1);
        count += is_province(head.substr(0, character)) && head.back() >= 'A' && head.back() <= 'Z';
    }
    return count;
}

/// A colour in brackets behind a plate, or bare beside a whole one, taken off it.
std::string take_colour(std::string& plate) {
    static const std::regex bracketed(R"(^(.*\S)\s*(?:[(\[]|【)(蓝|黄绿|黄|绿|白|黑)(?:牌|色)?(?:[)\]]|】)$)");
    std::smatch m;
    if (plate.size() > judgement_bytes_max) return {};
    if (std::regex_match(plate, m, bracketed)) {
        std::string colour = m[2].str();
        plate = m[1].str();
        return colour;
    }
    for (std::string colour : {"黄绿", "蓝", "黄", "绿", "白", "黑"})
        for (const std::string_view ending : {"牌", "色", ""}) {
            const auto word = colour + std::string(ending);
            std::string rest;
            if (plate.ends_with(word)) rest = plate.substr(0, plate.size() - word.size());
            if (plate.starts_with(word)) rest = plate.substr(word.size());
            if (!plate_well_formed(normal_plate(rest))) continue;
            constexpr std::string_view marks = " /,;-";
            rest.erase(rest.find_last_not_of(marks) + 1);
            plate = rest.substr(rest.find_first_not_of(marks));
            return colour;
        }
    return {};
}

Judgement refused(std::string_view code, std::string value) { return {Fit::refused, code, std::move(value), {}}; }
Judgement doubtful(std::string_view code, std::string value) { return {Fit::doubtful, code, std::move(value), {}}; }

bool has_mask(std::string_view half) { return half.find_first_of("*?") != std::string_view::npos; }

Codes placeholders(const char* of) {
    Codes out;
    for (const auto& word : rows_of("placeholders").at(of)) out.insert(word.get<std::string>());
    return out;
}

bool is_word_for_no_plate(std::string_view normal) {
    static const auto words = placeholders("plate");
    return words.contains(normal);
}

bool has_digit(std::string_view plate) { return plate.find_first_of("0123456789") != std::string_view::npos; }

}  // namespace

Judgement judge_vin(std::string_view written) {
    auto value = trimmed(written);
    const auto half = half_width(value);
    if (const auto fault = fault_of_any(half); !fault.empty()) return refused(fault, std::move(value));
    if (has_mask(half)) return refused("masked", std::move(value));
    const auto text = normal_text(half);
    const auto vin = normal_vin(half);
    const auto places = ascii_places(vin);
    if (places == 0) return {};
    if (plate_well_formed(text)) return refused("vin_is_plate", std::move(value));
    if (places >= two_vins_places || (places > vin_places && plates_in(text) > 0))
        return refused("two_values", std::move(value));
    if (vin_placeholder(vin)) return doubtful("vin_placeholder", std::move(value));
    if (text.size() != vin.size() || half.find_first_of("/;,|") != std::string::npos)
        return doubtful("vin_characters", std::move(value));
    if (places != vin_places) return doubtful("vin_length", std::move(value));
    if (!vin_proven(vin)) return doubtful("vin_check_digit", std::move(value));
    return {Fit::right, {}, std::move(value), {}};
}

Judgement judge_plate(std::string_view written) {
    auto value = trimmed(written);
    auto half = half_width(value);
    if (const auto fault = fault_of_any(half); !fault.empty()) return refused(fault, std::move(value));
    auto colour = take_colour(half);
    if (!colour.empty()) value = half;
    const auto plate = normal_plate(half);
    if (plate.empty() || is_word_for_no_plate(plate)) return {};
    if (has_mask(half)) return refused("masked", std::move(value));
    if (half.find('/') != std::string::npos && half.find('.') != std::string::npos)
        return refused("address", std::move(value));  // of a code: a.cn/陕D0T001
    if (plates_in(plate) > 1) return refused("two_values", std::move(value));
    if (ascii_places(plate) == plate.size()) {
        if (plate.size() >= vin_places - 1) return refused("plate_is_vin", std::move(value));
        if (!plate.starts_with("WJ")) return refused("plate_without_province", std::move(value));
    }
    if (ascii_places(plate) >= vin_places) return refused("two_values", std::move(value));
    if (!has_digit(plate)) return refused("plate_none", std::move(value));
    Judgement out{Fit::right, {}, std::move(value), std::move(colour)};
    if (!out.colour.empty()) out.code = "plate_colour";
    if (!plate_well_formed(plate)) {
        const bool only_look_alikes = plate_well_formed(comparable_plate(plate));
        out.code = only_look_alikes ? "plate_look_alike" : "plate_form";
    }
    if (!out.code.empty()) out.fit = Fit::doubtful;
    return out;
}

Judgement judge_number(std::string_view written) {
    auto value = trimmed(written);
    const auto half = half_width(value);
    if (value.empty()) return {};
    if (const auto fault = fault_of_any(half); !fault.empty()) return refused(fault, std::move(value));
    static const std::regex grouped(R"(\d{1,3}(,\d{3})+)");
    if (!std::regex_match(half, grouped)) return {Fit::right, {}, std::move(value), {}};
    auto digits = half;
    std::erase(digits, ',');
    return doubtful("number_with_commas", std::move(digits));
}

Words judgement_words(std::string_view code) {
    for (const auto& row : rows_of("judgements"))
        if (row.at("code").get_ref<const std::string&>() == code) return {row.at("zh"), row.at("en")};
    return {std::string(code), std::string(code)};
}

bool vin_placeholder(std::string_view normal) {
    static const auto words = placeholders("vin");
    std::bitset<256> different;
    for (const char c : normal) different.set(static_cast<unsigned char>(c));
    return different.count() < placeholder_characters || words.contains(normal);
}

bool plate_placeholder(std::string_view normal) {
    const bool is_one_character = normal.find_first_not_of(normal.substr(0, 1)) == std::string_view::npos;
    return is_one_character || !has_digit(normal) || is_word_for_no_plate(normal);
}

}  // namespace imloop::loop
