#include "station/intake/outcome/folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "journal/digest.hpp"
#include "loop/written/judgement.hpp"

namespace imloop::station::intake {
namespace {

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& codes, std::string_view code) {
    return std::ranges::find(codes, code) != codes.end();
}

bool is_ini(const std::string& file) {
    auto ending = std::filesystem::path(file).extension().string();
    std::ranges::transform(ending, ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return ending == ".ini";
}

}  // namespace

void put_trace(Json& record, const std::string& csv) {
    if (csv.empty()) return;
    record["trace"] = {{"sha256", journal::to_hex(journal::sha256(csv))}, {"rows", std::ranges::count(csv, '\n') - 1}};
}

Taken taken_of(const Json& record, std::string trace_csv, std::vector<std::string> files) {
    Taken out{record.at("record_id"), record.dump(), std::move(trace_csv), {}, std::move(files)};
    if (!out.trace_csv.empty()) out.trace_sha256 = record.at("trace").at("sha256");
    return out;
}

Left no_value(const std::string& file, std::size_t line, const std::string& place, const std::string& written) {
    return {file,
            "no_value",
            fmt::format("{} 写的是 {}，即没有值，记录中不写", place, written),
            fmt::format("{} says {}, which is no value, and is left out", place, written),
            line,
            place};
}

Left damaged(const std::string& file, std::size_t line, const std::string& place) {
    return {file,
            "damaged",
            fmt::format("{} 里有字符损坏，不采用这一项", place),
            fmt::format("a character of {} is damaged, it is left out", place),
            line,
            place};
}

Left repeated_member(const std::string& file, std::size_t line, const std::string& place, std::size_t first) {
    return {file,
            "repeated_member",
            fmt::format("{} 写了两次且不同，采用第 {} 行的", place, first),
            fmt::format("{} is written twice and differs, that of line {} counts", place, first),
            line,
            place};
}

std::vector<Left> judge_names(Json& record, const std::string& file) {
    std::vector<Left> out;
    const auto say = [&](const loop::Judgement& judged, const char* place) {
        const auto words = loop::judgement_words(judged.code);
        out.push_back({file, std::string(judged.code), words.zh, words.en, 0, place});
    };
    auto& vehicle = record.at("vehicle");
    const auto vin = loop::judge_vin(vehicle.value("vin", ""));
    if (vin.fit == loop::Fit::refused || vin.code == "vin_placeholder") say(vin, "/vehicle/vin");
    if (const auto plate = loop::judge_plate(vehicle.value("plate", "")); !plate.code.empty()) {
        say(plate, "/vehicle/plate");
        if (!plate.colour.empty()) vehicle["plate"] = plate.value;
    }
    return out;
}

bool is_note(std::string_view code) {
    constexpr std::array<std::string_view, 6> codes{"left_out", "bad_trace",       "no_value",
                                                    "damaged",  "repeated_member", "not_read"};
    return is_one_of(codes, code) || loop::judgement_words(code).zh != code;  // a judgement's, of what was kept
}

bool is_passed_over(std::string_view code) {
    constexpr std::array<std::string_view, 6> codes{"not_ours",  "invalid_test", "not_finished",
                                                    "blank_run", "another_test", "stale"};
    return is_one_of(codes, code);
}

bool is_fault(const std::string& file, std::string_view code) {
    constexpr std::array<std::string_view, 4> of_ini{"bad_value", "unreadable", "too_large", "not_a_file"};
    if (is_ini(file)) return is_one_of(of_ini, code);
    return !is_note(code) && !is_passed_over(code);
}

}  // namespace imloop::station::intake
