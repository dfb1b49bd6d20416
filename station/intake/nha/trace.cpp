#include "station/intake/nha/trace.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <vector>

#include "loop/time.hpp"
#include "station/intake/outcome/no_values.hpp"

namespace imloop::station::intake {
namespace {

struct Column {
    const char* name;
    const char* key;
};
constexpr Column gas_columns[] = {
    {"co_pct", "CO"}, {"co2_pct", "CO2"},   {"o2_pct", "O2"},     {"hc_ppm", "HC"},
    {"no_ppm", "NO"}, {"lambda", "Lambda"}, {"rpm", "EngineRev"}, {"oil_temp_c", "OilTemperature"}};
constexpr Column smoke_columns[] = {{"opacity_m1", "K"}, {"rpm", "EngineRev"}, {"oil_temp_c", "OilTemperature"}};
constexpr Column diesel_gas_columns[] = {{"co2_pct", "CO2"}, {"no_ppm", "NO"}, {"nox_ppm", "NOx"}};
constexpr Column dynamometer_columns[] = {{"speed_kmh", "Velocity"}, {"power_kw", "Power"}, {"load_n", "Force"}};
constexpr Column last_columns[] = {{"temperature_c", "EnvironmentalTemperature"},
                                   {"humidity_pct", "RelativeHumidity"},
                                   {"pressure_kpa", "AtmosphericPressure"},
                                   {"obd_rpm", "OBDRTData_EngineRev"},
                                   {"obd_speed_kmh", "OBDRTData_Velocity"}};

std::vector<Column> columns_of(NhaMethod method) {
    std::vector<Column> out;
    const auto append = [&](const auto& columns) { out.insert(out.end(), std::begin(columns), std::end(columns)); };
    const bool is_diesel = method == NhaMethod::lugdown || method == NhaMethod::free_acceleration;
    if (method == NhaMethod::lugdown) append(diesel_gas_columns);
    if (is_diesel)
        append(smoke_columns);
    else
        append(gas_columns);
    if (method == NhaMethod::vmas) out.push_back({"nox_ppm", "NOx"});
    if (method != NhaMethod::two_speed_idle && method != NhaMethod::free_acceleration) append(dynamometer_columns);
    append(last_columns);
    return out;
}

/// What says where in the test a row lies: its column, its member, and our words for the member's codes; without words
/// the code itself.
struct Stage {
    const char* column;
    const char* key;
    std::map<std::string, std::string> words;
};

const Stage* stage_of(NhaMethod method) {
    static const Stage of_asm = {"state", "State", {{"4", "hold"}, {"5", "stable"}, {"6", "test"}}};
    // 4 is the 90 % point of the standard before 2018, 6 the coasting down.
    static const Stage of_lugdown = {"state", "State", {{"2", "sweep"}, {"3", "k100"}, {"5", "k80"}}};
    static const Stage of_free_acceleration = {"order", "Order", {}};
    switch (method) {
        case NhaMethod::asm_:
            return &of_asm;
        case NhaMethod::lugdown:
            return &of_lugdown;
        case NhaMethod::free_acceleration:
            return &of_free_acceleration;
        default:
            return nullptr;
    }
}

/// Numbers of the rows, ascending.
std::set<std::size_t> row_numbers(const Ini& real_time) {
    std::set<std::size_t> out;
    for (const auto& [name, _] : real_time.sections)
        if (name.size() <= 6 && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; }))
            out.insert(static_cast<std::size_t>(std::atol(name.c_str())));
    return out;
}

bool lacks_columns_of(const Section& row, const Section& other, NhaMethod method) {
    return std::ranges::any_of(columns_of(method), [&](const Column& column) {
        return other.contains(column.key) && !row.contains(column.key);
    });
}

}  // namespace

std::optional<NhaTraceGap> nha_trace_gap(const Ini& real_time, NhaMethod method, const Settings& settings) {
    const auto numbers = row_numbers(real_time);
    if (numbers.empty()) return std::nullopt;
    const auto last = *numbers.rbegin();
    const IniMember last_row{std::to_string(last), ""}, sum{"Sum", "Total"};
    const auto rows_whole = [&] {
        const auto &first_row = real_time.sections.at(std::to_string(*numbers.begin())),
                   &end = real_time.sections.at(last_row.section);
        return numbers.size() - (lacks_columns_of(end, first_row, method) ? 1 : 0);
    }();
    const auto total = number(real_time.value("Sum", "Total"));
    if (total && *total >= 0 && *total < 1e6 && static_cast<std::size_t>(*total) != rows_whole)
        return NhaTraceGap{wrong_count(rows_whole, static_cast<std::size_t>(*total)), sum};
    if (numbers.size() != last || *numbers.begin() != 1) return NhaTraceGap{with_holes(numbers.size(), last), last_row};
    if (rows_whole != numbers.size()) return NhaTraceGap{wrong_count(rows_whole, last), last_row};
    for (const auto& twice : real_time.repeated)
        if (numbers.contains(static_cast<std::size_t>(std::atol(twice.at.section.c_str()))))
            return NhaTraceGap{out_of_order(), twice.at};
    std::optional<loop::Moment> before;
    for (const auto row : numbers) {
        const IniMember at{std::to_string(row), "SamplingTime"};
        const auto time = loop::parse_moment(nha_time(real_time.value(at.section, at.key), settings));
        if (before && time && *time < *before) return NhaTraceGap{out_of_order(), at};
        if (time) before = time;
    }
    return std::nullopt;
}

std::optional<std::string> nha_trace(const Ini& real_time, NhaMethod method, const Settings& settings, IniMember& bad,
                                     std::vector<NoValue>& none) {
    const auto columns = columns_of(method);
    const Stage* stage = stage_of(method);
    std::string csv = "time_s";
    if (stage != nullptr) csv += std::string(",") + stage->column;
    for (const auto& column : columns) csv += std::string(",") + column.name;
    csv += '\n';
    std::optional<loop::Moment> start;
    for (int row = 1;; ++row) {
        const auto section = std::to_string(row);
        const auto is_bad = [&](const char* key) {
            bad = {section, key};
            return std::nullopt;
        };
        if (!real_time.sections.contains(section)) return row > 1 ? std::optional(csv) : std::nullopt;
        const auto at = loop::parse_moment(nha_time(real_time.value(section, "SamplingTime"), settings));
        if (!at) return is_bad("SamplingTime");
        if (!start) start = *at;
        csv += std::to_string((*at - *start) / 1000);
        if (stage != nullptr) {
            const auto code = real_time.value(section, stage->key);
            if (stage->words.empty() && !code.empty() && !number(code)) return is_bad(stage->key);
            const auto known = stage->words.find(code);
            csv += "," + (stage->words.empty() ? code : known == stage->words.end() ? std::string() : known->second);
        }
        for (const auto& column : columns) {
            const auto value = real_time.value(section, column.key);
            const bool says_none = is_no_value(column.name, value);
            if (says_none && std::ranges::none_of(none, [&](const NoValue& n) { return n.at.key == column.key; }))
                none.push_back({{section, column.key}, value});
            const bool is_none = value.empty() || says_none;
            if (!is_none && !number(value)) return is_bad(column.key);
            csv += "," + (is_none ? std::string() : value);
        }
        csv += '\n';
    }
}

}  // namespace imloop::station::intake
